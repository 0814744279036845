"""Examples of utilization for the OpenAPI description: the week before Easter of docs/insights.md."""

from __future__ import annotations

from typing import Any

from harvest_bridge.api.envelopes import list_envelope
from harvest_bridge.insights.records.openapi_examples import frame

Json = dict[str, Any]

_STREAMS = ("users", "time_entries", "projects", "clients")
_FIGURES: Json = {
    "tracked_hours": "28",
    "absence_hours": "8",
    "worked_hours": "20",
    "billable_hours": "12",
    "non_billable_hours": "8",
    "capacity_hours": "24",
    "utilization": "0.8333",
    "total_utilization": "0.8333",
    "billable_utilization": "0.5000",
    "non_billable_utilization": "0.3333",
    "target": "0.8000",
    "band": "on_target",
}
_EXPLAINED: Json = {
    **_FIGURES,
    "gross_capacity_hours": "40",
    "holiday_hours": "8",
    "absence_from_capacity_hours": "8",
    "hours_without_capacity": "0",
    "intervals": [{"from": "2026-03-30", "to": "2026-04-05", **_FIGURES}],
}
_ROW: Json = {
    "id": "4000103",
    "name": "Carmen Ruiz",
    "roles": ["Design"],
    "is_contractor": False,
    "is_active": True,
    "is_employment_guessed": True,
    **_EXPLAINED,
    "entries": "/insights/entries?from=2026-03-30&to=2026-04-05&user_id=4000103",
}
_UTILIZATION: Json = {
    "from": "2026-03-30",
    "to": "2026-04-05",
    "by": "person",
    "interval": "week",
    "running_entries": 0,
    "total": {"people": 1, **_EXPLAINED},
    "without_capacity": [{"user_id": 4000111, "name": "Ivan Petrov", "reason": "no_weekly_capacity"}],
    **list_envelope([_ROW], limit=100),
}
_LOAD: Json = {
    "worked_hours": "5.5",
    "absence_hours": "0",
    "capacity_hours": "7",
    "left_hours": "1.5",
    "utilization": "0.7857",
}
_NOW: Json = {
    "user_id": 4000103,
    "name": "Carmen Ruiz",
    "timezone": "Eastern Time (US & Canada)",
    "running": {
        "time_entry_id": 2600000733,
        "started_at": "2026-11-24T05:12:00Z",
        "hours": "0.8",
        "client": {"id": 10000103, "name": "Atelier Lumière"},
        "project": {"id": 11000108, "name": "Brand Refresh"},
        "task": {"id": 9000102, "name": "Design"},
        "notes": None,
    },
    "today": {"date": "2026-11-24", **_LOAD},
    "week": {"from": "2026-11-23", "to": "2026-11-29", **_LOAD, "target": "0.8000", "band": None},
}
_SETTINGS: Json = {
    "absence_task_ids": [9000109],
    "absence_project_ids": [],
    "target": "0.8000",
    "under_below": "0.9000",
    "over_above": "1.1000",
    "overbooked_above": "1.0000",
}
_PATTERN: Json = {
    **dict.fromkeys(("monday", "tuesday", "wednesday", "thursday"), "8"),
    **dict.fromkeys(("friday", "saturday", "sunday"), "0"),
}
_TERMS: Json = {
    "id": "12",
    "user_id": 4000103,
    "role": None,
    "from": "2026-05-01",
    "weekly_capacity_hours": "32",
    "working_pattern": _PATTERN,
    "country": "DE",
    "subdivision": "BE",
    "target": "0.7500",
}
_PERSON: Json = {
    "user_id": 4000103,
    "name": "Carmen Ruiz",
    "roles": ["Design"],
    "is_contractor": False,
    "is_active": True,
    "timezone": "Eastern Time (US & Canada)",
    "starts_on": "2025-12-04",
    "is_start_guessed": True,
    "ends_on": None,
    "is_end_guessed": False,
    "capacity_history": [
        {"from": None, "weekly_capacity_hours": "35"},
        {"from": "2026-05-01", "weekly_capacity_hours": "32"},
    ],
}
BODIES: dict[str, Json] = {
    "set_utilization_settings": {"absence_task_ids": [9000109], "target": "0.75"},
    "set_work_terms": {"role": "Design", "from": "2026-05-01", "country": "DE", "subdivision": "BE"},
    "set_employment": {"starts_on": "2024-02-01"},
}
ANSWERS: dict[str, Json] = {
    "list_insight_utilization": frame("net_capacity", _UTILIZATION, *_STREAMS, missing={"people_without_capacity": 1}),
    "list_insight_utilization_now": frame(
        "net_capacity", {"running_entries": 1, **list_envelope([_NOW], limit=100)}, *_STREAMS
    ),
    "get_utilization_settings": _SETTINGS,
    "set_utilization_settings": _SETTINGS,
    "list_work_terms": list_envelope([_TERMS], limit=100),
    "set_work_terms": _TERMS,
    "delete_work_terms": {"id": "12"},
    "list_utilization_people": list_envelope([_PERSON], limit=100),
    "set_employment": _PERSON,
}
