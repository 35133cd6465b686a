"""Sensitive text can be read with any key still on file, and two who make the first key at once make the same."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from cryptography.fernet import Fernet

from rewarm.home import kept


def test_all_who_ask_at_once_for_the_first_key_get_the_same(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "sealing"
    with ThreadPoolExecutor(16) as crew:
        found = list(crew.map(lambda _: kept(path, lambda: Fernet.generate_key().decode()), range(64)))
    assert len(set(found)) == 1
    assert Fernet(found[0])
    assert path.stat().st_mode & 0o777 == 0o600
    assert [one.name for one in path.parent.iterdir()] == ["sealing"], "no draft is left behind"
