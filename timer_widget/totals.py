"""How much is tracked on the items of a page: a person's own time, and everybody's where the person may see it.

Harvest finds entries by one reference at a time, and a page may have hundreds. So the newest entries are listed once,
summed by reference and kept for a short while: one call for one's own, at most three for everybody's.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Any, TypedDict

from django.core.cache import caches
from django.utils import timezone

from harvest_bridge.api.outages import best_effort
from harvest_bridge.connections.harvest_permissions import ADMINISTRATOR
from harvest_bridge.harvest.budgets import Lane
from harvest_bridge.harvest.operations import list_time_entries
from harvest_bridge.harvest.pages import walk_pages
from harvest_bridge.harvest.records import TimeEntry
from harvest_bridge.hosts.models import Right

from . import state
from .models import Person, TimerSession
from .normal_form import normal_id
from .queries import Harvest, harvest_for

_PAGE = 2000
_MY_PAGES, _PAGES_OF_ALL = 1, 3
_DAYS_OF_ALL = 90
_MY_SECONDS, _SECONDS_OF_ALL = 60, 300
_TIMEOUT_SECONDS = 8.0


class Sums(TypedDict):
    """Seconds by item; `since` is the first day that is counted, None where all entries are."""

    since: str | None
    seconds: dict[str, int]


def totals_of(session: TimerSession, items: list[dict[str, Any]]) -> dict[str, Any]:
    """The time on those items that the session may time, once each.

    Shape: `{"since", "everyone_since", "items": [{"id", "group_id", "mine", "everyone"}]}`; `everyone` and its day are
    None for who may not see everybody's time, or while it cannot be read.

    Units: seconds, without the time of the person's own running timer, which grows.
    Errors: NotLinked, MustLinkAgain, the HarvestError tree.
    """
    harvest = replace(harvest_for(session.person), lane=Lane.API, timeout=_TIMEOUT_SECONDS)
    mine = _mine(session.person, harvest)
    everyone = best_effort(lambda: _everyone(harvest)) if may_see_everyone(harvest) else None
    asked = {_key(item["id"], item["group_id"]): item for item in items if session.may_time(item["id"])}
    return {
        "since": mine["since"],
        "everyone_since": everyone["since"] if everyone else None,
        "items": [
            {
                "id": item["id"],
                "group_id": item["group_id"] or None,
                "mine": mine["seconds"].get(key, 0),
                "everyone": everyone["seconds"].get(key, 0) if everyone else None,
            }
            for key, item in asked.items()
        ],
    }


def may_see_everyone(harvest: Harvest) -> bool:
    """Administrators alone, as a manager's list holds a part; and where the host app was granted to see it."""
    return ADMINISTRATOR in harvest.access_roles and Right.READ in harvest.connection.rights


def forget_totals(person: Person) -> None:
    """After a change of the person's own entries."""
    best_effort(lambda: caches["answers"].delete(_my_cache_key(person)))


def _mine(person: Person, harvest: Harvest) -> Sums:
    """Kept under the person, so that a click forgets it without a look at their connection, and used for it alone."""
    key, account = _my_cache_key(person), harvest.remembered("totals")
    known: tuple[str, Sums] | None = best_effort(lambda: caches["answers"].get(key))
    if known is not None and known[0] == account:
        return known[1]
    sums = _sums(harvest, user_id=harvest.user_id, since=None, max_pages=_MY_PAGES)
    best_effort(lambda: caches["answers"].set(key, (account, sums), _MY_SECONDS))
    return sums


def _everyone(harvest: Harvest) -> Sums:
    key = harvest.remembered("totals-of-all")
    known: Sums | None = best_effort(lambda: caches["answers"].get(key))
    if known is not None:
        return known
    since = timezone.now().date() - timedelta(days=_DAYS_OF_ALL)
    sums = _sums(harvest, user_id=None, since=since, max_pages=_PAGES_OF_ALL)
    best_effort(lambda: caches["answers"].set(key, sums, _SECONDS_OF_ALL))
    return sums


def _sums(harvest: Harvest, *, user_id: int | None, since: date | None, max_pages: int) -> Sums:
    """Of the newest entries. Where not all fit, the last day that was reached may lack some, and is left out."""
    pages = walk_pages(
        harvest.send,
        lambda at: list_time_entries(at, user_id=user_id, from_date=since, per_page=_PAGE),
        max_pages=max_pages + 1,
    )
    read = list(islice(pages, max_pages))
    entries = [entry for page in read for entry in page.items]
    if read and read[-1].next is not None and entries:
        since = min(entry.spent_date for entry in entries) + timedelta(days=1)
    now = timezone.now()
    counted = (entry for entry in entries if since is None or entry.spent_date >= since)
    return {"since": since.isoformat() if since else None, "seconds": _by_item(counted, harvest.user_id, now)}


def _by_item(entries: Iterable[TimeEntry], own_user_id: int, now: datetime) -> dict[str, int]:
    seconds: dict[str, int] = {}
    for entry in entries:
        reference = entry.external_reference
        if reference is None:
            continue
        key = _key(normal_id(reference.id), normal_id(reference.group_id))
        is_own = entry.user is not None and entry.user.id == own_user_id
        seconds[key] = seconds.get(key, 0) + (state.settled_seconds(entry) if is_own else state.seconds_of(entry, now))
    return seconds


def _key(item_id: str, group_id: str | None) -> str:
    return f"{item_id}\n{group_id or ''}"


def _my_cache_key(person: Person) -> str:
    return f"timer-totals-{person.pk}"
