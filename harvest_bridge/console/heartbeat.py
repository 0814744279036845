"""The worker's heartbeat: a timestamp in the queue's own store, written every minute."""

from __future__ import annotations

import time
from typing import Any

from huey.contrib.djhuey import HUEY

_KEY = "harvest-bridge-worker-beat"
SILENT_AFTER_SECONDS = 180.0


def note_beat(at: float | None = None) -> None:
    HUEY.storage.put_data(_KEY, str(at or time.time()).encode())


def last_beat() -> float | None:
    """A timestamp; None where no worker ever ran. Errors: those of the store."""
    value: Any = HUEY.storage.peek_data(_KEY)
    try:
        return float(bytes(value))
    except (TypeError, ValueError):  # huey's own mark for nothing
        return None
