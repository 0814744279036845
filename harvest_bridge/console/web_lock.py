"""Allows one web process only without Redis: caches and rate limits then live in its memory."""

from __future__ import annotations

import fcntl
import os
from typing import IO

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured


def hold() -> IO[str]:
    """Keep the returned file open as long as this process serves. With Redis any number of processes may.

    Errors: ImproperlyConfigured when another web process serves from the same VAR_DIR.
    """
    file = (settings.VAR_DIR / "web.lock").open("a")
    if settings.REDIS_URL:
        return file
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        file.close()
        raise ImproperlyConfigured(
            "Another web process already serves from VAR_DIR. Set REDIS_URL to run more than one, or stop the other."
        ) from error
    file.truncate(0)
    file.write(str(os.getpid()))
    file.flush()
    return file
