"""Remembers where this installation keeps its files: data, keys, and what the environment says."""

from __future__ import annotations

import os
import secrets
import sys
from collections.abc import Callable
from pathlib import Path

from rewarm.errors import SetupError


def setting(name: str, default: str = "") -> str:
    """Return the environment's value of `name`; an empty value counts as not set.

    Every name that passes through here is described in docs/reference/settings.md (a test compares).
    """
    return os.environ.get(name) or default


def home() -> Path:
    """Return the folder of this installation, absolute; it may not exist yet."""
    chosen = setting("REWARM_HOME")
    if chosen:
        return Path(chosen).expanduser().absolute()
    if os.geteuid() == 0:
        return Path("/var/lib/rewarm")
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "rewarm"
    return Path(setting("XDG_DATA_HOME", str(Path.home() / ".local" / "share"))) / "rewarm"


def make_home() -> Path:
    """Create the home folder if needed and return it; nobody else can list it.

    As root it may be passed through (0711), because the database server runs as a user without rights.
    """
    folder = home()
    try:
        if not folder.is_dir():
            folder.mkdir(parents=True, exist_ok=True)
            folder.chmod(0o711 if os.geteuid() == 0 else 0o700)
    except OSError as error:
        raise SetupError(f"Cannot create {folder}: {error.strerror}. Set REWARM_HOME to a writable folder.") from error
    return folder


def key(name: str) -> str:
    """Return the secret called `name`, made at its first use and kept in the home's keys folder (0600)."""
    return kept(make_home() / "keys" / name, lambda: secrets.token_urlsafe(48))


def kept(path: Path, make: Callable[[], str]) -> str:
    """Return what a file of secrets holds, making it at its first use (0600).

    Two processes that ask at once get the same one: only a complete file is ever linked into place.
    """
    path.parent.mkdir(parents=True, mode=0o700, exist_ok=True)
    if not path.exists():
        draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
            out.write(make())
        try:
            os.link(draft, path)
        except FileExistsError:
            pass  # the other process was first; its key is the key
        finally:
            draft.unlink()
    return path.read_text().strip()
