"""What becomes of invoices that were open and are listed no more."""

from __future__ import annotations

from collections.abc import Sequence

from django.conf import settings

from . import deletions
from .claimed_run import ClaimedRun
from .models import Cause, Record

_AT_ONCE = 10


def settle_some(work: ClaimedRun) -> bool:
    """Read those that are open no more; returns whether there may be more. Errors: those of the calls.

    Most were paid, closed or made drafts again. What Harvest finds no more is concluded as after any listing; many at
    once are left to the sweep.
    """
    missing = Record.objects.filter(stream=work.stream, missing_since__isnull=False, deleted_at=None)
    chunk = list(missing.order_by("id")[:_AT_ONCE])
    if not chunk:
        return False
    gone = [row for row in chunk if not deletions.is_found(work, work.target, row)]
    if not gone:
        return True
    if not _may_conclude(work, gone):
        missing.update(missing_since=None)
        return False
    before = deletions.rights_now(work)
    if before != (work.mirror.access_roles or before) or not deletions.of_whom_it_is_certain(work, missing, before):
        missing.update(missing_since=None)
        return False
    gone = [row for row in gone if not deletions.is_found(work, work.target, row)]
    deletions.conclude(work, work.target, gone, before, cause=Cause.DELETED)
    return True


def _may_conclude(work: ClaimedRun, gone: Sequence[Record]) -> bool:
    return work.run.deleted + len(gone) <= settings.MIRROR_DELETES_AT_ONCE
