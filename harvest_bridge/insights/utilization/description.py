"""Utilization in the OpenAPI description."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiParameter

from harvest_bridge.api.description import PAGING, list_of, ref
from harvest_bridge.insights.description import (
    COUNT,
    DAY,
    DECIMAL,
    FLAG,
    MAYBE,
    MAYBE_DECIMAL,
    MAYBE_MOMENT,
    TEXT,
    Json,
    whole,
)
from harvest_bridge.insights.records.description import RANGE, envelope, flag, ids

from .bands import Band
from .definitions import METHODS, OURS
from .patterns import WEEKDAYS
from .query_parameters import INTERVALS, By

_ID: Json = {"type": "integer"}
_MAYBE_DAY: Json = {"type": ["string", "null"], "format": "date"}
_SHARE: Json = {"type": ["string", "null"], "description": "Four digits, half up; null where there is no capacity."}
_BAND: Json = {"enum": [*(band.value for band in Band), None]}
_FIGURES: Json = {
    "tracked_hours": {**DECIMAL, "description": "All of it, as in Harvest's time reports."},
    "absence_hours": DECIMAL,
    "worked_hours": {**DECIMAL, "description": "Tracked without absence."},
    "billable_hours": {**DECIMAL, "description": "Without absence."},
    "non_billable_hours": DECIMAL,
    "capacity_hours": {**DECIMAL, "description": "As the definition counts it."},
    "utilization": {**_SHARE, "description": "What the definition calls by this name."},
    "total_utilization": _SHARE,
    "billable_utilization": _SHARE,
    "non_billable_utilization": _SHARE,
    "target": _SHARE,
    "band": _BAND,
}
_INTERVALS: Json = {"type": "array", "items": whole({"from": DAY, "to": DAY, **_FIGURES})}
_EXPLAINED: Json = {
    **_FIGURES,
    "gross_capacity_hours": DECIMAL,
    "holiday_hours": DECIMAL,
    "absence_from_capacity_hours": DECIMAL,
    "hours_without_capacity": {**DECIMAL, "description": "Of people without capacity: tracked, and in no share."},
    "intervals": _INTERVALS,
}
_PEOPLE: Json = {"people": {**COUNT, "description": "Not by person, where there is one."}}
_ROW: Json = {
    "id": TEXT,
    "name": MAYBE,
    **_PEOPLE,
    "roles": {"type": ["array", "null"], "items": TEXT},
    "is_contractor": {"type": ["boolean", "null"]},
    "is_active": {"type": ["boolean", "null"]},
    "is_employment_guessed": FLAG,
    **_EXPLAINED,
    "entries": {**TEXT, "description": "The path of the entries that it is made of."},
}
_BY_PERSON = ("people", "roles", "is_contractor", "is_active", "is_employment_guessed")
_IDLE: Json = {
    "user_id": _ID,
    "name": MAYBE,
    "reason": {"enum": ["no_weekly_capacity", "not_employed_in_range", "unknown_person"]},
}
_LOAD: Json = {
    "worked_hours": DECIMAL,
    "absence_hours": DECIMAL,
    "capacity_hours": MAYBE_DECIMAL,
    "left_hours": MAYBE_DECIMAL,
    "utilization": _SHARE,
}
_REFERENCE: Json = {"type": ["object", "null"], "properties": {"id": _ID, "name": MAYBE}}
_RUNNING: Json = {
    "type": ["object", "null"],
    "properties": {
        "time_entry_id": _ID,
        "started_at": MAYBE_MOMENT,
        "hours": DECIMAL,
        "client": _REFERENCE,
        "project": _REFERENCE,
        "task": _REFERENCE,
        "notes": MAYBE,
    },
}
_PATTERN: Json = {
    "type": ["object", "null"],
    "properties": dict.fromkeys(WEEKDAYS, DECIMAL),
    "description": "Hours of each day: weekly capacity is spread in these proportions.",
}
_STEP: Json = whole({"from": _MAYBE_DAY, "weekly_capacity_hours": MAYBE_DECIMAL})
SCHEMAS: Json = {
    "UtilizationRow": whole(_ROW, optional=(*_BY_PERSON, "intervals")),
    "UtilizationList": envelope(
        "UtilizationRow",
        {
            "from": DAY,
            "to": DAY,
            "by": {"enum": list(By)},
            "interval": {"enum": [*INTERVALS, None]},
            "running_entries": {**COUNT, "description": "Timers in it that run: counted up to `as_of`."},
            "total": whole({**_PEOPLE, **_EXPLAINED}, optional=("intervals",)),
            "without_capacity": {"type": "array", "items": whole(_IDLE)},
        },
    ),
    "UtilizationNow": whole(
        {
            "user_id": _ID,
            "name": TEXT,
            "timezone": MAYBE,
            "running": _RUNNING,
            "today": whole({"date": DAY, **_LOAD}),
            "week": whole({"from": DAY, "to": DAY, **_LOAD, "target": _SHARE, "band": _BAND}),
        }
    ),
    "UtilizationNowList": envelope("UtilizationNow", {"running_entries": COUNT}),
    "UtilizationSettings": whole(
        {
            "absence_task_ids": {"type": "array", "items": _ID},
            "absence_project_ids": {"type": "array", "items": _ID},
            "target": {**DECIMAL, "description": "Share of capacity of whoever has no target of their own."},
            "under_below": {**DECIMAL, "description": "Share of the target."},
            "over_above": {**DECIMAL, "description": "Share of the target."},
            "overbooked_above": {**DECIMAL, "description": "Share of capacity."},
        }
    ),
    "WorkTerms": whole(
        {
            "id": TEXT,
            "user_id": {"type": ["integer", "null"]},
            "role": MAYBE,
            "from": _MAYBE_DAY,
            "weekly_capacity_hours": MAYBE_DECIMAL,
            "working_pattern": _PATTERN,
            "country": MAYBE,
            "subdivision": MAYBE,
            "target": MAYBE_DECIMAL,
        }
    ),
    "WorkTermsList": list_of("WorkTerms"),
    "UtilizationPerson": whole(
        {
            "user_id": _ID,
            "name": TEXT,
            "roles": {"type": "array", "items": TEXT},
            "is_contractor": FLAG,
            "is_active": FLAG,
            "timezone": MAYBE,
            "starts_on": _MAYBE_DAY,
            "is_start_guessed": FLAG,
            "ends_on": _MAYBE_DAY,
            "is_end_guessed": FLAG,
            "capacity_history": {"type": "array", "items": _STEP},
        }
    ),
    "UtilizationPersonList": list_of("UtilizationPerson"),
}


def _one_of(name: str, values: list[str], default: str | None, says: str) -> OpenApiParameter:
    schema = {"type": "string", "enum": values, **({"default": default} if default else {})}
    return OpenApiParameter(name, schema, description=says)


UTILIZATION: dict[str, Any] = {
    "operation_id": "list_insight_utilization",
    "parameters": [
        *RANGE,
        _one_of("by", list(By), By.PERSON, "What a row is."),
        _one_of("interval", list(INTERVALS), None, "Every row cut into these too; weeks begin on Monday."),
        _one_of("definition", sorted(METHODS), OURS, "GET /insights/definitions has their formulas."),
        _one_of("hours", ["rounded", "actual"], "rounded", "By the account's rounding, as in Harvest's reports."),
        ids("user_id", "people"),
        OpenApiParameter("role", str, description="People with this role in Harvest."),
        ids("project_id", "projects: hours alone, capacity stays whole"),
        ids("client_id", "clients: hours alone, capacity stays whole"),
        flag("is_contractor", "Contractors alone, or others alone."),
        *PAGING,
    ],
    "responses": {200: ref("UtilizationList")},
}
NOW: dict[str, Any] = {
    "operation_id": "list_insight_utilization_now",
    "parameters": list(PAGING),
    "responses": {200: ref("UtilizationNowList")},
}
SETTINGS: dict[int, Json] = {200: ref("UtilizationSettings")}
TERMS: dict[int, Json] = {200: ref("WorkTerms")}
PERSON: dict[int, Json] = {200: ref("UtilizationPerson")}
LIST_TERMS: dict[str, Any] = {
    "operation_id": "list_work_terms",
    "parameters": list(PAGING),
    "responses": {200: ref("WorkTermsList")},
}
LIST_PEOPLE: dict[str, Any] = {
    "operation_id": "list_utilization_people",
    "parameters": list(PAGING),
    "responses": {200: ref("UtilizationPersonList")},
}
