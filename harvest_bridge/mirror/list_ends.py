"""What the end of a list settles: whether it was whole, what is missing in it, and how fresh its stream is now."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction

from . import child_refresh, closed_invoices, deletions, ids, invoice_polling, streams
from .claimed_run import LIST, RUNNING, SETTLE, ClaimedRun
from .models import Kind, Record, RunPage

_CLOCKS = timedelta(days=1)
_MOST_TRIES = 3


def reach(work: ClaimedRun) -> None:
    """The last page of a list was read."""
    listed = _listed(work) if work.compares else None
    if work.run.stage == LIST and not work.walk.fits(None if listed is None else len(listed)):
        _again(work)
    elif listed is None and _may_run(work):
        _list_running(work)
    else:
        if listed is not None and not work.walk.state.get("was_empty"):
            deletions.note_missing(work, listed)
        work.run.stage = SETTLE
        settle(work)


def settle(work: ClaimedRun) -> None:
    """Look up the next few of what is missing; where none is left, the pass is over. Errors: those of the calls."""
    settle_some = closed_invoices.settle_some if work.kind == Kind.OPEN else deletions.settle_some
    if settle_some(work):
        work.save()
    else:
        _passed(work)


def _listed(work: ClaimedRun) -> ids.IdSet:
    pages = RunPage.objects.filter(run=work.run).order_by("number").values_list("ids", flat=True)
    return ids.IdSet(bytes(page) for page in pages.iterator(chunk_size=100))


def _again(work: ClaimedRun) -> None:
    """The counts do not fit: once more from the beginning, a few times, and then later."""
    name = f"tries {work.resource.name}"
    work.run.results[name] = tries = work.run.results.get(name, 0) + 1
    if tries < _MOST_TRIES:
        work.begin_again()
        return
    if work.kind == Kind.OPEN:
        invoice_polling.note_failure(work)
    else:
        streams.incomplete(work.stream, now=work.now)
    work.next_resource("counts")


def _may_run(work: ClaimedRun) -> bool:
    """A start, a stop or an edit moves `updated_at`; that a running timer is gone shows in this list alone."""
    is_entry = work.resource.name == "time_entries" and work.run.stage == LIST
    return is_entry and Record.objects.filter(stream=work.stream, is_running=True, deleted_at=None).exists()


def _list_running(work: ClaimedRun) -> None:
    work.run.stage, work.run.page = RUNNING, ""
    work.save()


@transaction.atomic
def _passed(work: ClaimedRun) -> None:
    walk, stream = work.walk, work.stream
    if work.kind == Kind.OPEN:
        invoice_polling.note_list(work)
        if "state" in walk.state["filters"]:  # it says nothing of the others, so that `as_of` and `since` stay
            work.next_resource("passed")
            return
    # An empty list tells nothing of Harvest's clock, so a day is allowed for how far it may be from ours.
    newest = min(walk.newest or walk.began_at - _CLOCKS, walk.began_at)
    if stream.since is None or work.kind == Kind.SWEEP or newest > stream.since:
        stream.since = newest
    if work.kind == Kind.SWEEP:
        stream.total_entries = walk.state["totals"][-1] if walk.state["totals"] else stream.total_entries
    child_refresh.note_turns(work.mirror, work.resource, since=stream.as_of, until=walk.began_at)
    streams.passed(work.mirror, stream, work.resource, work.kind, began_at=walk.began_at)
    work.next_resource("passed")
