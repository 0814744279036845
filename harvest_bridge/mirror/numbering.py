"""Gives changes their numbers: one after the other per mirror, in the order of commits.

Whoever numbers holds the mirror's row from before it looks until its commit. So no number becomes visible before a
lower one, and two writers never compare with the same old row.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction

from .models import Mirror


class Numbers:
    """The mirror's next numbers, for the time that its row is held."""

    def __init__(self, last: int) -> None:
        self.last = last

    def take(self) -> int:
        self.last += 1
        return self.last


@contextmanager
def numbering(mirror_id: int, *, worker: str | None = None) -> Iterator[Numbers]:
    """A transaction that holds the mirror's row. Errors: ClaimLost where `worker` no longer works on it."""
    with transaction.atomic():
        row = Mirror.objects.select_for_update().only("last_position", "worker").get(pk=mirror_id)
        if worker is not None and row.worker != worker:
            raise ClaimLost
        numbers = Numbers(row.last_position)
        yield numbers
        if numbers.last != row.last_position:
            Mirror.objects.filter(pk=mirror_id).update(last_position=numbers.last)


class ClaimLost(Exception):
    """Another worker took this mirror over; what this one read is not written."""
