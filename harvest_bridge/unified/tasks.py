"""The worker's part of this app, where huey looks for it."""

from __future__ import annotations

from .identities.tasks import forget_old_people, match, match_again, match_what_was_left

__all__ = ["forget_old_people", "match", "match_again", "match_what_was_left"]
