"""What a person has tracked on items, kept between reads of Harvest and counted on with each click of theirs.

Entries that have stopped alone count: the timer that runs is shown with its own time. What is kept holds for the
version of the state that the person's pages were told last, so it is forgotten with whatever else changes their time.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple, TypedDict

from django.core.cache import caches
from django.utils import timezone

from harvest_bridge.api.outages import best_effort
from harvest_bridge.harvest.records import TimeEntry

from . import state
from .access import Harvest
from .normalization import normalize_id

KEPT_SECONDS = 600.0


class Sums(TypedDict):
    """Seconds by item; `since` is the first day that is counted, None where all entries are."""

    since: str | None
    seconds: dict[str, int]


class Kept(NamedTuple):
    """Shape: `version` of the state for which `value` holds, until then; a moment of this machine's clock."""

    version: int
    until: float
    value: Any


def key_of(item_id: str, group_id: str | None) -> str:
    return f"{item_id}\n{group_id or ''}"


def stopped_seconds(entry: TimeEntry) -> int:
    return 0 if entry.is_running else round(entry.hours * 3600)


def by_item(entries: Iterable[TimeEntry], seconds_of: Callable[[TimeEntry], int]) -> dict[str, int]:
    seconds: dict[str, int] = {}
    for entry in entries:
        reference = entry.external_reference
        if reference is not None:
            key = key_of(normalize_id(reference.id), normalize_id(reference.group_id))
            seconds[key] = seconds.get(key, 0) + seconds_of(entry)
    return seconds


def kept_sums(harvest: Harvest, version: int) -> Sums | None:
    kept = _kept(harvest, "totals", version)
    return None if kept is None else kept.value


def keep_sums(harvest: Harvest, version: int, sums: Sums) -> None:
    """`version` is from before Harvest was asked."""
    _keep(harvest, "totals", Kept(version, time.time() + KEPT_SECONDS, sums))


def read_total(harvest: Harvest, item_id: str, group_id: str, *, version: int) -> dict[str, Any]:
    """What Harvest says of one item, the running timer included. Errors: those of `call`."""
    entries = [each for each in harvest.entries_on(item_id) if state.refers_to(each, item_id, group_id)]
    stopped = sum(map(stopped_seconds, entries))
    what = _of_item(key_of(item_id, group_id))
    _keep(harvest, what, Kept(version, time.time() + KEPT_SECONDS, stopped))
    now = timezone.now()
    return _shown(item_id, group_id, sum(state.seconds_of(each, now) for each in entries))


def after_click(
    harvest: Harvest, moved: Mapping[str, int], *, item_id: str, group_id: str, version: int, running: Any
) -> dict[str, Any] | None:
    """The item's total once a click has `moved` seconds, by item; None where nothing is kept that it adds to.

    What was kept for `version` holds on for the state that the click's pages are told next.
    """
    key = key_of(item_id, group_id)
    sums, one = _kept(harvest, "totals", version), _kept(harvest, _of_item(key), version)
    if sums is not None:
        counted = {each: sums.value["seconds"].get(each, 0) + seconds for each, seconds in moved.items()}
        value = Sums(since=sums.value["since"], seconds=sums.value["seconds"] | counted)
        sums = Kept(version + 1, sums.until, value)
        _keep(harvest, "totals", sums)
    if one is not None:
        one = Kept(version + 1, one.until, one.value + moved.get(key, 0))
        _keep(harvest, _of_item(key), one)
    elif sums is not None and sums.value["since"] is None:
        one = Kept(sums.version, sums.until, sums.value["seconds"].get(key, 0))
    return None if one is None or not item_id else _shown(item_id, group_id, one.value + _running_on(key, running))


def _running_on(key: str, running: dict[str, Any] | None) -> int:
    """Seconds of the running timer, as a state shows it, if it is on this item."""
    item = running and running["item"]
    if not running or not item or key_of(item["id"] or "", item["group_id"]) != key or not running["started_at"]:
        return 0
    since = datetime.fromisoformat(running["started_at"])
    return int(running["seconds_before"]) + max(0, int((timezone.now() - since).total_seconds()))


def _shown(item_id: str, group_id: str, seconds: int) -> dict[str, Any]:
    return {"id": item_id, "group_id": group_id or None, "seconds": seconds}


def _of_item(key: str) -> str:
    return f"total-{hashlib.sha256(key.encode()).hexdigest()[:32]}"


def _kept(harvest: Harvest, what: str, version: int) -> Kept | None:
    kept: Kept | None = best_effort(lambda: caches["answers"].get(harvest.remembered(what)))
    return kept if kept is not None and kept.version == version and time.time() < kept.until else None


def _keep(harvest: Harvest, what: str, kept: Kept) -> None:
    best_effort(lambda: caches["answers"].set(harvest.remembered(what), kept, max(1, int(kept.until - time.time()))))
