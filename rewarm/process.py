"""Ties child processes to their parent's life."""

from __future__ import annotations

import ctypes
import signal
import sys

# Loaded before any fork: between fork and exec nothing may be imported.
_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None
_PR_SET_PDEATHSIG = 1


def die_with_parent(request: int = signal.SIGTERM) -> None:
    """Ask the kernel (Linux only) to send this process `request` when the thread that made it ends.

    A change of user clears the request, so call it after that; elsewhere than on Linux nothing happens.
    """
    if _LIBC is not None:
        _LIBC.prctl(_PR_SET_PDEATHSIG, request, 0, 0, 0)
