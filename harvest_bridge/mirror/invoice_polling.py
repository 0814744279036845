"""What of its invoices is asked each minute of an account where they are in use: two calls, or one.

One call is `updated_since`, the hot pass of invoices: it shows what is new and what was edited. The other one is the
open-invoices pass, which shows what `updated_since` does not: deletions, and payments if they leave `updated_at` alone.
What that takes depends on how many invoices there are and on what payments were seen to do (`PollingMode`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from . import listings
from .columns import day_of
from .models import Record, Stream

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from .claimed_run import ClaimedRun
    from .writing import Written

RESOURCE = "invoices"
OPEN = "open"
MINUTE = timedelta(minutes=1)
# So few are listed whole rather than counted.
_FEW = 200
# A little more than half a minute for each page, so that `updated_since` now and then fits in as well.
_A_PAGE = timedelta(seconds=30.8)
_SELDOM = timedelta(minutes=20)
_JUST_NOW = timedelta(minutes=5)
_OF_PAYMENTS = frozenset({"due_amount", "state", "paid_at", "paid_date", "closed_at", "updated_at"})


class PollingMode(StrEnum):
    """What the open-invoices pass reads.

    ALL: every invoice, which shows everything, so that `updated_since` is not asked. COUNT: how many there are, where
    payments move `updated_at`; when that is another number than are here, all are listed. OPEN: every open one.
    TURNS: one page of the open ones after the other, each with how many are open; when that differs, all the open ones.
    """

    ALL = "all"
    COUNT = "count"
    OPEN = "open"
    TURNS = "turns"

    @property
    def is_of_all(self) -> bool:
        return self in (PollingMode.ALL, PollingMode.COUNT)


@dataclass(frozen=True)
class Request:
    """Shape: `page` is where the list begins, as `pages.Position` writes it. `is_whole`: it is followed to its end."""

    mode: PollingMode
    filters: Mapping[str, Any]
    per_page: int
    page: str = ""
    is_whole: bool = True


def mode_for(stream: Stream, *, invoices: int, open_ones: int, per_page: int) -> PollingMode:
    """Of so many invoices that are here, `per_page` a call."""
    moves = bool(stream.moves_updated_at) and not stream.keeps_updated_at
    if invoices <= (_FEW if moves else per_page):
        return PollingMode.ALL
    if moves:
        return PollingMode.COUNT
    if invoices <= 2 * per_page and open_ones > per_page:
        return PollingMode.ALL
    return PollingMode.OPEN if open_ones <= per_page or stream.keeps_updated_at else PollingMode.TURNS


def since_every(stream: Stream) -> timedelta:
    """How often `updated_since` is asked."""
    mode = (stream.watched or {}).get("look")
    if mode == PollingMode.ALL:
        return _JUST_NOW  # only when the pass that lists all does not come to its end
    return _SELDOM if mode == PollingMode.OPEN and stream.open_pages > 1 else MINUTE


def looked_every(stream: Stream) -> timedelta:
    """How often the open-invoices pass runs."""
    mode = (stream.watched or {}).get("look")
    return _A_PAGE * stream.open_pages if mode == PollingMode.OPEN and stream.open_pages > 1 else MINUTE


def rows_in(stream: Stream, filters: Mapping[str, Any]) -> QuerySet[Record]:
    """What such a list should show of what is here."""
    rows = Record.objects.filter(stream=stream, deleted_at=None)
    if "state" in filters:
        return rows.filter(state=filters["state"])
    first = day_of(listings.first_day(filters))
    return rows if first is None else rows.filter(day__gte=first)


def request_for(work: ClaimedRun) -> Request:
    """The pass's first call, and whether it is the only one."""
    stream, every = work.stream, listings.within_history(work.resource, work.now, work.mirror.history_days)
    invoices, open_ones = (rows_in(stream, filters).count() for filters in (every, {"state": OPEN}))
    mode = mode_for(stream, invoices=invoices, open_ones=open_ones, per_page=work.per_page)
    filters = every if mode.is_of_all else {"state": OPEN}
    watched = stream.watched or {}
    if mode in (PollingMode.ALL, PollingMode.OPEN) or watched.get("look") != mode or work.run.results.get("differs"):
        return Request(mode, filters, work.per_page)
    if mode == PollingMode.COUNT:
        return Request(mode, filters, 1, is_whole=False)
    pages = watched["pages"]
    return Request(mode, filters, work.per_page, pages[watched["turn"] % len(pages)], is_whole=False)


def agrees(work: ClaimedRun, *, total: int | None, is_last: bool) -> bool:
    """Whether a page that is read alone fits what is here, so that nothing can have gone unseen."""
    watched, walk = work.stream.watched or {}, work.walk.state
    if walk["look"] == PollingMode.TURNS:
        pages = watched["pages"]
        if is_last != (watched["turn"] % len(pages) == len(pages) - 1):
            return False
    return total is None or total == rows_in(work.stream, walk["filters"]).count() - watched["beyond"]


def note_page(work: ClaimedRun) -> None:
    """A page was read alone, and agrees."""
    watched = work.stream.watched or {}
    work.stream.watched = {**watched, "turn": watched.get("turn", 0) + 1}
    work.stream.opened_at = work.walk.began_at
    work.stream.save(update_fields=["watched", "opened_at"])


def note_list(work: ClaimedRun) -> None:
    """A list was read to its end. `beyond` is how many are here that Harvest does not count, as they are hidden."""
    walk, stream = work.walk.state, work.stream
    total = walk["totals"][-1] if walk["totals"] else None
    beyond = 0 if total is None else rows_in(stream, walk["filters"]).count() - total
    stream.watched = {"look": walk["look"], "pages": walk["starts"], "turn": 0, "beyond": beyond}
    stream.opened_at, stream.open_pages = work.walk.began_at, max(1, walk["pages"])
    stream.save(update_fields=["watched", "opened_at", "open_pages"])


def note_failure(work: ClaimedRun) -> None:
    """A list did not fit Harvest's own counts, again and again: it is read anew in a minute."""
    work.stream.watched, work.stream.opened_at = None, work.walk.began_at
    work.stream.save(update_fields=["watched", "opened_at"])


def note_payments(stream: Stream, written: Written, *, read_at: datetime) -> None:
    """What payments were seen to do to `updated_at`: move it, or keep it, which is noted for good."""
    moves, keeps = stream.moves_updated_at, stream.keeps_updated_at
    for one, names in written.changed:
        found = set(names)
        updated_at = one.fields.updated_at
        if {"due_amount", "updated_at"} <= found <= _OF_PAYMENTS:
            moves = True
        elif {"due_amount", "state"} & found and "updated_at" not in found and updated_at is not None:
            keeps = keeps or updated_at < read_at - _JUST_NOW
    if (moves, keeps) != (stream.moves_updated_at, stream.keeps_updated_at):
        stream.moves_updated_at, stream.keeps_updated_at = moves, keeps
        stream.save(update_fields=["moves_updated_at", "keeps_updated_at"])
