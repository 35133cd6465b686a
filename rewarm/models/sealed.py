"""Keeps sensitive text unreadable at rest: ciphertext with the id of its key, the key file lying outside the database."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.db import models

from rewarm.home import kept


@functools.lru_cache(maxsize=4)
def _fernet(home: Path | str) -> MultiFernet:
    """Read the keys, newest first, and make the first one when there is none yet (mode 0600)."""
    held = kept(Path(home) / "keys" / "sealing", lambda: Fernet.generate_key().decode())
    return MultiFernet([Fernet(line) for line in held.split()])


def seal(text: str) -> bytes:
    """Encrypt `text` with the newest key (about 40 µs)."""
    return _fernet(settings.REWARM_HOME).encrypt(text.encode())


def unseal(token: bytes | memoryview) -> str:
    """Decrypt what `seal` wrote with any key still in the file.

    Raises cryptography.fernet.InvalidToken when the key is gone or the bytes were changed.
    """
    return _fernet(settings.REWARM_HOME).decrypt(bytes(token)).decode()


class SealedTextField(models.BinaryField):  # type: ignore[type-arg]
    """Text in Python, ciphertext in the database: it cannot be searched with SQL, on purpose."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("editable", True)
        super().__init__(*args, **kwargs)

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> str | None:
        return None if value is None else unseal(value)

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        if isinstance(value, str):
            value = seal(value)
        return super().get_db_prep_value(value, connection, prepared)

    def to_python(self, value: Any) -> Any:
        return value if isinstance(value, str) or value is None else unseal(value)
