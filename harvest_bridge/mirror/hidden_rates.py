"""Rates that the linker may no longer see are kept as they were last read.

To whom a rate is hidden Harvest sends null, or leaves the field out (REFERENCE §6.2), as if there were none. So where a
rate is gone from a record that had one, the linker's rights are looked up: if they hide it, the record keeps it, and
sums of money stay what they are. Everything else in the record is as Harvest sends it now.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import msgspec
from msgspec import Raw

from .columns import Seen, seen
from .models import Record, Stream
from .resources import Resource

_COST = frozenset({"cost_rate"})
_BILLABLE = frozenset({"billable_rate", "default_hourly_rate", "hourly_rate", "fee", "cost_budget"})
_OF_REPORT = frozenset({"budget", "budget_spent", "budget_remaining"})
_RATED = frozenset(
    {"users", "tasks", "projects", "user_assignments", "task_assignments", "time_entries", "project_assignments"}
)
REPORT = "reports_project_budget"

Roles = Callable[[], list[str]]


def hidden_from(roles: Sequence[str], resource: Resource) -> frozenset[str]:
    """The names of rates that somebody with these roles is not shown."""
    if "administrator" in roles:
        return frozenset()
    if "billable_rates_manager" in roles:
        return _COST
    return _COST | _BILLABLE | (_OF_REPORT if resource.name == REPORT else frozenset())


def with_kept_rates(stream: Stream, resource: Resource, records: Sequence[Seen], roles: Roles) -> list[Seen]:
    """The records, each with the rates that it had and that are hidden from the linker now. Left out are those that do
    not differ from what is here then, unless they were missing.

    `roles` asks Harvest, and is called only where a rate is gone. Errors: those of the call.
    """
    if resource.name not in _RATED and resource.name != REPORT:
        return list(records)
    every = hidden_from((), resource)
    held = _held(stream, [one.harvest_id for one in records])
    poorer = {one.harvest_id for one in records if _is_poorer(held.get(one.harvest_id), one.raw, every)}
    hidden = hidden_from(roles(), resource) if poorer else frozenset()
    if not hidden:
        return list(records)
    found = [_kept(resource, held[one.harvest_id], one, hidden) if one.harvest_id in poorer else one for one in records]
    missing = Record.objects.filter(stream=stream, deleted_at=None, missing_since__isnull=False)
    again = set(missing.filter(harvest_id__in=list(poorer)).values_list("harvest_id", flat=True))
    return [one for one in found if one.raw != held.get(one.harvest_id) or one.harvest_id in again]


def _held(stream: Stream, ids: list[int]) -> dict[int, str]:
    rows = Record.objects.filter(stream=stream, deleted_at=None, harvest_id__in=ids)
    return dict(rows.values_list("harvest_id", "raw"))


def _is_poorer(old: str | None, new: str, names: frozenset[str]) -> bool:
    return old is not None and _enriched(msgspec.json.decode(old), msgspec.json.decode(new), names)[1]


def _kept(resource: Resource, old: str, one: Seen, names: frozenset[str]) -> Seen:
    """Fields that keep nothing stay byte for byte; a record without another difference is the one that is here."""
    before, after = msgspec.json.decode(old), msgspec.json.decode(one.raw)
    enriched, _ = _enriched(before, after, names)
    if enriched == before:
        return seen(resource, Raw(old.encode()), one.parent_id)
    parts = _parts(one.raw)
    for name, value in enriched.items():
        if name not in parts or after[name] != value:
            is_same = before.get(name) == value
            parts[name] = _parts(old)[name] if is_same else Raw(msgspec.json.encode(value))
    return seen(resource, Raw(msgspec.json.encode(parts)), one.parent_id)


def _parts(text: str) -> dict[str, Raw]:
    return msgspec.json.decode(text, type=dict[str, Raw])


def _enriched(old: Any, new: Any, names: frozenset[str]) -> tuple[Any, bool]:
    """`new` with the rates of `old` that it lacks, at any depth, and whether there are such. Parts of lists are told
    apart by their ids."""
    if isinstance(old, dict) and isinstance(new, dict) and old.get("id") == new.get("id"):
        found, is_poorer = dict(new), False
        for name, value in old.items():
            if name in names and value is not None and new.get(name) is None:
                found[name], is_poorer = value, True
            elif name in new and isinstance(value, dict | list):
                found[name], is_inside = _enriched(value, new[name], names)
                is_poorer = is_poorer or is_inside
        return found, is_poorer
    if isinstance(old, list) and isinstance(new, list):
        by_id = {part.get("id"): part for part in old if isinstance(part, dict)}
        pairs = [_enriched(by_id.get(part.get("id")) if isinstance(part, dict) else None, part, names) for part in new]
        return [part for part, _ in pairs], any(is_poorer for _, is_poorer in pairs)
    return new, False
