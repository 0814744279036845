"""Matching before creating: a kept link, a given id, the exact name; archived by choice alone; near names are asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from .names import candidate, exact, near
from .plan import Problem

Json = dict[str, Any]


@dataclass(frozen=True)
class Match:
    """Neither record nor problem: there is none, and one may be made."""

    record: Json | None = None
    why: str = ""
    problem: Problem | None = None


def match(what: str, records: Sequence[Json], wanted: Json, *, kept: int | None, field: str) -> Match:
    """`what` is client, project or task; `wanted` has `id` or `name`, and may have `restore_archived`, `create_new`."""
    linked = _of_id(records, kept)
    if linked is not None:
        return (
            Match(linked, "link kept of an earlier run")
            if _may_use(linked, wanted, True)
            else _archived(what, [linked], field)
        )
    if wanted.get("id") is not None:
        return _given(what, records, wanted, field)
    alike = exact(str(wanted.get("name") or ""), records)
    active = [record for record in alike if record.get("is_active", True)]
    if len(active) == 1:
        return Match(active[0], f"the active {what} of this name")
    if active:
        return _several(what, active, field)
    if alike and not wanted.get("create_new"):
        return _of_archived(what, alike, wanted, field)
    return _new(what, records, wanted, field)


def _of_id(records: Sequence[Json], record_id: int | None) -> Json | None:
    return next((record for record in records if record["id"] == record_id), None) if record_id else None


def _given(what: str, records: Sequence[Json], wanted: Json, field: str) -> Match:
    record = _of_id(records, wanted["id"])
    if record is None:
        text = f"{field}.id: there is no {what} {wanted['id']} in this Harvest account, or the linker does not see it."
        return Match(problem=Problem(f"unknown_{what}", f"{field}.id", text))
    return (
        Match(record, "the id that was given") if _may_use(record, wanted, False) else _archived(what, [record], field)
    )


def _may_use(record: Json, wanted: Json, is_kept: bool) -> bool:
    return bool(record.get("is_active", True) or wanted.get("restore_archived"))


def _of_archived(what: str, alike: Sequence[Json], wanted: Json, field: str) -> Match:
    if not wanted.get("restore_archived"):
        return _archived(what, alike, field)
    if len(alike) > 1:
        return _several(what, alike, field)
    return Match(alike[0], f"the archived {what} of this name, restored by choice")


def _archived(what: str, alike: Sequence[Json], field: str) -> Match:
    text = (
        f"{field}: the {what} {alike[0].get('name')!r} is archived. Set {field}.restore_archived to restore it, or "
        f"{field}.create_new to make another one."
    )
    shown = tuple(candidate(record).serialize() for record in alike)
    return Match(problem=Problem(f"{what}_archived", field, text, candidates=shown))


def _several(what: str, alike: Sequence[Json], field: str) -> Match:
    text = f"{field}.name: there are {len(alike)} {what}s of this name; name one by {field}.id."
    shown = tuple(candidate(record).serialize() for record in alike)
    return Match(problem=Problem("ambiguous", f"{field}.name", text, candidates=shown))


def _new(what: str, records: Sequence[Json], wanted: Json, field: str) -> Match:
    close = [] if wanted.get("create_new") else near(str(wanted["name"]), records)
    if not close:
        return Match(why=f"no {what} of this name")
    text = (
        f"{field}.name: no {what} is called {wanted['name']!r}, and {close[0].name!r} is close. Give {field}.id, or "
        f"set {field}.create_new."
    )
    return Match(
        problem=Problem("ambiguous", f"{field}.name", text, candidates=tuple(one.serialize() for one in close))
    )
