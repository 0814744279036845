"""The worker's part of this app, where huey looks for it."""

from __future__ import annotations

from .identities.tasks import match, match_again, match_what_was_left

__all__ = ["match", "match_again", "match_what_was_left"]
