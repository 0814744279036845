"""Children whose parents show no change are read again too, in turns, so that none is stale for ever.

A rate can be edited, a message deleted, somebody put into a team without a trace in the user or the invoice. So each
parent's children are read again within a day. Who is next follows from the id and the clock alone: each parent has a
moment of its own in the period, and is due in the first pass over the parents of the hour after it. So the calls are
spread over the day: for 10,000 invoices, with payments and messages each, they are 15 of the 400 that Harvest admits in
a minute.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from .children import add, may_have
from .ids import batches
from .models import ChildDue, Mirror, Record, Stream
from .resources import CHILDREN, Resource

PARENTS = frozenset({"users", "invoices", "estimates"})
PERIOD = timedelta(hours=22)  # and up to an hour until the turn is noted, and the time that the calls take
_HOUR = timedelta(hours=1)
_BATCH = 500
# Knuth's multiplier: ids that follow one another fall far from each other.
_SPREAD, _SLOTS = 2654435761, 2**32


def note_turns(mirror: Mirror, parents: Resource, *, since: datetime | None, until: datetime) -> int:
    """In the transaction that ends a pass over the parents, the one before which began at `since`.

    Returns how many lists of children are now due. Within one hour nothing is looked at.
    """
    if since is None or parents.name not in PARENTS:
        return 0  # the first pass: every parent is new
    since, until = _hour(since), _hour(until)
    if since >= until:
        return 0
    ids = Record.objects.filter(stream__mirror=mirror, stream__resource=parents.name, deleted_at=None)
    turn = [each for each in ids.values_list("harvest_id", flat=True).iterator() if is_turn(each, PERIOD, since, until)]
    return sum(note(mirror, child, turn, is_routine=True) for child in CHILDREN[parents.name])


def _hour(moment: datetime) -> datetime:
    """The last full hour."""
    return moment - timedelta(seconds=moment.timestamp() % _HOUR.total_seconds())


def note_all(mirror: Mirror, child: Resource) -> int:
    """Somebody asked for all of them by name."""
    parents = Record.objects.filter(stream__mirror=mirror, stream__resource=child.parent, deleted_at=None)
    return note(mirror, child, parents.values_list("harvest_id", flat=True), is_routine=False)


def is_turn(parent_id: int, period: timedelta, since: datetime, until: datetime) -> bool:
    """Whether this parent's moment lies after `since` and not after `until`."""
    seconds = period.total_seconds()
    moment = parent_id * _SPREAD % _SLOTS / _SLOTS * seconds
    return (until.timestamp() - moment) // seconds > (since.timestamp() - moment) // seconds


def note(mirror: Mirror, child: Resource, parent_ids: Iterable[int], *, is_routine: bool) -> int:
    """Those of them that can have such children, or have some here. What waits for a change goes on doing so."""
    stream = Stream.objects.filter(mirror=mirror, resource=child.name).first()
    count = 0
    for batch in batches(list(parent_ids), _BATCH) if stream else ():
        having = _having(mirror, stream, child, batch)
        count += len(having)
        if is_routine:
            rows = [ChildDue(mirror=mirror, resource=child.name, parent_id=each, is_routine=True) for each in having]
            ChildDue.objects.bulk_create(rows, ignore_conflicts=True)
        else:
            add(mirror.pk, child.name, having)
    return count


def _having(mirror: Mirror, stream: Stream | None, child: Resource, parent_ids: Sequence[int]) -> set[int]:
    held = Record.objects.filter(stream=stream, deleted_at=None, parent_id__in=parent_ids)
    parents = Record.objects.filter(stream__mirror=mirror, stream__resource=child.parent, harvest_id__in=parent_ids)
    able = {each for each, raw in parents.values_list("harvest_id", "raw") if may_have(child.name, raw)}
    return able | {each for each in held.values_list("parent_id", flat=True).distinct() if each is not None}
