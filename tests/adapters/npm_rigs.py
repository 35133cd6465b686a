"""Starts the npm programs that carriers are tested against: a mock made from a vendor's own contract, an SMPP server.

They are pinned in tests/rigs and installed once, whichever test asks first. Whoever writes another program puts it
there and starts it with `program`: it gets a free loopback port and is ended by its process id.
"""

import fcntl
import gzip
import hashlib
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.adapters import rigs

HOME = Path(__file__).resolve().parents[1] / "rigs"
DATA = Path(__file__).resolve().parents[3] / "shared" / "data"


def installed() -> Path:
    """Return the folder of the npm programs, filled to the lock file's letter; skip without npm, but never in CI."""
    npm = shutil.which("npm")
    if npm is None:
        reason = "npm is not installed: apt-get install nodejs npm"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    programs = HOME / "node_modules"
    want = hashlib.sha256((HOME / "package-lock.json").read_bytes()).hexdigest()
    with open(HOME / ".gitignore") as one_at_a_time:  # two test processes may ask in the same second
        fcntl.flock(one_at_a_time, fcntl.LOCK_EX)
        stamp = programs / ".installed"
        if not stamp.exists() or stamp.read_text() != want:
            done = subprocess.run(
                [npm, "ci", "--ignore-scripts", "--no-progress"], cwd=HOME, capture_output=True, text=True, check=False
            )
            assert done.returncode == 0, f"npm ci failed in tests/rigs:\n{done.stderr[-2000:]}"
            stamp.write_text(want)
    return programs


@contextmanager
def program(home: Path, port: int, *command: str) -> Iterator[Path]:
    """Run `node` with this command line until it listens on `port`; gives its log, and ends it afterwards.

    A relative first word is a program of ours in tests/rigs, or one of an installed package's (`.bin/prism`).
    """
    packages = installed()
    first = packages / command[0] if command[0].startswith(".bin/") else HOME / command[0]
    log = home / f"{first.stem}-{port}.log"
    with open(log, "w") as out:
        process = subprocess.Popen(["node", str(first), *command[1:]], cwd=HOME, stdout=out, stderr=out)
    try:
        rigs.until(lambda: rigs.listens(port) or process.poll() is not None, seconds=60, what=f"{first.name} on {port}")
        assert process.poll() is None, f"{first.name} ended at once:\n{log.read_text()[-2000:]}"
        yield log
    finally:
        rigs.stop(process)


@contextmanager
def prism(home: Path, contract: str) -> Iterator[str]:
    """Answer as a vendor's OpenAPI document says, and refuse what it forbids; gives the address."""
    port = rigs.free_port()
    with program(home, port, ".bin/prism", "mock", "-h", "127.0.0.1", "-p", str(port), str(unpacked(home, contract))):
        yield f"http://127.0.0.1:{port}"


def unpacked(home: Path, contract: str) -> Path:
    """Unpack a vendor's contract; skip where the folder of the data sets is not at hand."""
    packed = DATA / "openapi_specs" / f"{contract}.gz"
    if not DATA.exists():
        pytest.skip(f"the vendors' contracts are not at hand: {packed}")
    there = home / contract
    there.write_bytes(gzip.decompress(packed.read_bytes()))
    return there
