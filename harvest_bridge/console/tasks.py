"""The worker's own sign of life (huey finds tasks in modules of this name)."""

from __future__ import annotations

from .heartbeat import beat, began

__all__ = ["beat", "began"]
