"""The shell's front door, and `rewarm up` as a whole."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from email.message import Message
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


def rewarm(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "rewarm", *arguments],
        cwd=ROOT,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "rewarm.settings", **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_help_lists_the_commands() -> None:
    told = rewarm("--help")
    assert told.returncode == 0
    assert "\n  up " in told.stdout


def test_an_unknown_command_is_answered_with_the_list() -> None:
    told = rewarm("revive")
    assert told.returncode == 2
    assert "no command 'revive'" in told.stderr
    assert "\n  up " in told.stderr


def test_what_is_broken_is_one_line_and_no_traceback() -> None:
    told = rewarm("migrate", DATABASE_URL="postgresql://practice@127.0.0.1:1/practice")
    assert told.returncode == 1
    assert told.stderr.startswith("rewarm: Cannot connect with DATABASE_URL")
    assert "Traceback" not in told.stderr


@pytest.fixture
def home() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="rewarm-up-"))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def headers(port: int) -> Message:
    """Return the headers of any answer, waiting until somebody answers."""
    deadline = time.monotonic() + 60
    while True:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/nothing-is-here", timeout=10) as answer:
                return answer.headers  # type: ignore[no-any-return]
        except urllib.error.HTTPError as answer:
            with answer:
                return answer.headers
        except OSError:
            assert time.monotonic() < deadline, "nobody answers"
            time.sleep(0.2)


def family_of(home: Path) -> set[int]:
    """Return the live processes that were started with this home."""
    found = set()
    for process in Path("/proc").glob("[0-9]*"):
        try:
            ours = f"REWARM_HOME={home}\0" in (process / "environ").read_text(errors="replace")
            if ours and "\nState:\tZ" not in (process / "status").read_text():
                found.add(int(process.name))
        except OSError:
            continue
    return found


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="looks into /proc: Linux")
@pytest.mark.parametrize("ending", [signal.SIGKILL, signal.SIGTERM])
def test_up_serves_people_and_carriers_and_leaves_nothing_behind(home: Path, ending: signal.Signals) -> None:
    pages, hooks = free_port(), free_port()
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "rewarm.settings",
        "REWARM_HOME": str(home),
        "REWARM_LISTEN": f"127.0.0.1:{pages}",
        "REWARM_HOOKS_LISTEN": f"127.0.0.1:{hooks}",
    }
    with subprocess.Popen(
        [sys.executable, "-m", "rewarm", "up"],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as up:
        assert up.stdout is not None
        assert up.stdout.readline().startswith(f"rewarm is at http://127.0.0.1:{pages}")
        assert "script-src 'self'" in headers(pages)["Content-Security-Policy"]
        assert headers(hooks)["X-Content-Type-Options"] == "nosniff"
        assert len(family_of(home)) >= 5  # up, two servers of two processes, worker
        up.send_signal(ending)
    deadline = time.monotonic() + 40
    while family_of(home) or (home / "postgres" / "data" / "postmaster.pid").exists():
        assert time.monotonic() < deadline, "something was left behind"
        time.sleep(0.2)
