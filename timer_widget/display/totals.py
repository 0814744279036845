"""How much is tracked on the items of a page: a person's own time, and everybody's where the person may see it.

Harvest finds entries by one reference at a time, and a page may have hundreds. So the newest entries are listed once,
summed by reference and kept for a short while: one call for one's own, at most three for everybody's.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import islice
from typing import Any

from django.core.cache import caches
from django.utils import timezone

from harvest_bridge.api.outages import best_effort
from harvest_bridge.connections.harvest_permissions import ADMINISTRATOR
from harvest_bridge.harvest.budgets import Lane
from harvest_bridge.harvest.operations import list_time_entries
from harvest_bridge.harvest.pages import walk_pages
from harvest_bridge.harvest.records import TimeEntry
from harvest_bridge.hosts.models import Right
from timer_widget import item_totals, person_states, state
from timer_widget.access import Harvest, harvest_for
from timer_widget.item_totals import Sums, by_item, key_of
from timer_widget.models import Person, TimerSession

_PAGE = 2000
_MY_PAGES, _PAGES_OF_ALL = 1, 3
_SECONDS_OF_ALL = 600
_TIMEOUT_SECONDS = 8.0


def totals_of(session: TimerSession, items: list[dict[str, Any]]) -> dict[str, Any]:
    """The time on those items that the session may time, once each.

    Shape: `{"since", "others_since", "items": [{"id", "group_id", "mine", "everyone"}]}`; `everyone` is None for who
    may not see everybody's time, and while it cannot be read. The days are the first from which one's own time and that
    of all others is counted, None where all of it is.

    Units: seconds, without the time of the person's own running timer, which grows.
    Errors: NotLinked, MustLinkAgain, the HarvestError tree.
    """
    harvest = replace(harvest_for(session.person), lane=Lane.API, timeout=_TIMEOUT_SECONDS)
    mine = _mine(session.person, harvest)
    others = best_effort(lambda: _others(harvest)) if may_see_everyone(harvest) else None
    asked = {key_of(item["id"], item["group_id"]): item for item in items if session.may_time(item["id"])}
    return {
        "since": mine["since"],
        "others_since": others["since"] if others else None,
        "items": [
            {
                "id": item["id"],
                "group_id": item["group_id"] or None,
                "mine": mine["seconds"].get(key, 0),
                "everyone": mine["seconds"].get(key, 0) + others["seconds"].get(key, 0) if others else None,
            }
            for key, item in asked.items()
        ],
    }


def may_see_everyone(harvest: Harvest) -> bool:
    """Administrators alone, as a manager's list holds a part; and where the host app was granted to see it."""
    return ADMINISTRATOR in harvest.access_roles and Right.READ in harvest.connection.rights


def _mine(person: Person, harvest: Harvest) -> Sums:
    """Kept with the version of the person's state, which is read before Harvest is asked."""
    version = person_states.of(person).version
    known = item_totals.kept_sums(harvest, version)
    if known is not None:
        return known
    entries, since = _newest(harvest, user_id=harvest.user_id, max_pages=_MY_PAGES)
    sums = Sums(since=since, seconds=by_item(entries, item_totals.stopped_seconds))
    item_totals.keep_sums(harvest, version, sums)
    return sums


def _others(harvest: Harvest) -> Sums:
    """What everybody else tracked, so that everybody's is never less than one's own of a longer time."""
    key = harvest.remembered("totals-of-others")
    known: Sums | None = best_effort(lambda: caches["answers"].get(key))
    if known is not None:
        return known
    entries, since = _newest(harvest, user_id=None, max_pages=_PAGES_OF_ALL)
    now = timezone.now()
    others = [entry for entry in entries if entry.user is None or entry.user.id != harvest.user_id]
    sums = Sums(since=since, seconds=by_item(others, lambda entry: state.seconds_of(entry, now)))
    best_effort(lambda: caches["answers"].set(key, sums, _SECONDS_OF_ALL))
    return sums


def _newest(harvest: Harvest, *, user_id: int | None, max_pages: int) -> tuple[list[TimeEntry], str | None]:
    """The newest entries, and their first day. Where not all fit, the last day that was reached may lack some: it is
    left out. None where these are all."""
    pages = walk_pages(
        harvest.call, lambda at: list_time_entries(at, user_id=user_id, per_page=_PAGE), max_pages=max_pages + 1
    )
    read = list(islice(pages, max_pages))
    entries = [entry for page in read for entry in page.items]
    if not entries or read[-1].next is None:
        return entries, None
    since = min(entry.spent_date for entry in entries) + timedelta(days=1)
    return [entry for entry in entries if entry.spent_date >= since], since.isoformat()
