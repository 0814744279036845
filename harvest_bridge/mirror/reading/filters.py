"""What lists of the mirror can be narrowed by: Harvest's own filters, and ours."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from django.db import connection as database
from django.db.models import BooleanField, Q
from django.db.models.expressions import RawSQL

from harvest_bridge.api.errors import InvalidRequest
from harvest_bridge.api.query_kinds import DAY, FLAG, MOMENT, TEXT, WHOLE, Kind, one_of, read_parameter
from harvest_bridge.mirror.columns import day_of
from harvest_bridge.mirror.resources import BY_NAME, Resource

from .readable_json import as_jsonb

Given = Mapping[str, Any]
WITHOUT_TIMES = ("company", "teammates", "reports_project_budget")


@dataclass(frozen=True, eq=False)
class Filter:
    """Shape: `condition` makes a condition on rows of `Record` from the value's text as `kind` reads it."""

    kind: Kind
    condition: Callable[[str], Q]


def _whole(column: str) -> Filter:
    return Filter(WHOLE, lambda text: Q(**{column: int(text)}))


def _flag(column: str) -> Filter:
    return Filter(FLAG, lambda text: Q(**{column: text == "true"}))


def _day(lookup: str) -> Filter:
    return Filter(DAY, lambda text: Q(**{f"day__{lookup}": day_of(date.fromisoformat(text))}))


def _state(*choices: str) -> Filter:
    return Filter(one_of(*choices), lambda text: Q(state=text))


def moment_of(text: str) -> datetime:
    """A time without a zone is UTC."""
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _updated_since(text: str) -> Q:
    """Strictly later, at one second's resolution, as Harvest has it (REFERENCE §4.4)."""
    return Q(updated_at__gt=moment_of(text).replace(microsecond=0))


def _has_line_of(text: str) -> Q:
    """Invoices with a line of this project: the one filter that only the bytes can answer."""
    if database.vendor == "postgresql":
        wanted: str | int = f'{{"line_items":[{{"project":{{"id":{int(text)}}}}}]}}'
        found = as_jsonb("raw").replace("%", "%%") + " @> %s::jsonb"
    else:
        wanted = int(text)
        found = "EXISTS (SELECT 1 FROM json_each(raw, '$.line_items') WHERE json_extract(value, '$.project.id') = %s)"
    return Q(RawSQL(found, [wanted], output_field=BooleanField()))  # noqa: S611 (the value is a parameter)


UPDATED_SINCE = Filter(MOMENT, _updated_since)
_ACTIVE = {"is_active": _flag("is_active")}
_DAYS = {"from": _day("gte"), "to": _day("lte")}
_TRACKED = {
    **{name: _whole(name) for name in ("user_id", "client_id", "project_id")},
    "is_billed": _flag("is_billed"),
    "approval_status": _state("unsubmitted", "submitted", "approved"),
    **_DAYS,
}
_OF_USER = {"user_id": _whole("parent_id")}
_OF_INVOICE = {"invoice_id": _whole("parent_id")}

_OWN: dict[str, dict[str, Filter]] = {
    "users": _ACTIVE,
    "clients": _ACTIVE,
    "contacts": {"client_id": _whole("client_id")},
    "tasks": _ACTIVE,
    "projects": {"client_id": _whole("client_id"), **_ACTIVE},
    "user_assignments": {**{name: _whole(name) for name in ("user_id", "project_id")}, **_ACTIVE},
    "task_assignments": {**{name: _whole(name) for name in ("task_id", "project_id")}, **_ACTIVE},
    "time_entries": {
        **_TRACKED,
        "task_id": _whole("task_id"),
        "is_running": _flag("is_running"),
        "external_reference_id": Filter(TEXT, lambda text: Q(external_reference_id=text)),
    },
    "expense_categories": _ACTIVE,
    "expenses": _TRACKED,
    "invoices": {
        "client_id": _whole("client_id"),
        "project_id": Filter(WHOLE, _has_line_of),
        "state": _state("draft", "open", "paid", "closed"),
        **_DAYS,
    },
    "estimates": {
        "client_id": _whole("client_id"),
        "state": _state("draft", "sent", "accepted", "declined"),
        **_DAYS,
    },
    **dict.fromkeys(("billable_rates", "cost_rates", "teammates"), _OF_USER),
    "project_assignments": {**_OF_USER, "project_id": _whole("project_id"), "client_id": _whole("client_id")},
    **dict.fromkeys(("invoice_payments", "invoice_messages"), _OF_INVOICE),
    "estimate_messages": {"estimate_id": _whole("parent_id")},
    "reports_project_budget": {
        **{name: _whole(name) for name in ("client_id", "project_id")},
        **_ACTIVE,
    },
}
FILTERS: dict[str, dict[str, Filter]] = {
    name: {**_OWN.get(name, {}), **({} if name in WITHOUT_TIMES else {"updated_since": UPDATED_SINCE})}
    for name in BY_NAME
}


def condition_of(resource: Resource, given: Given) -> tuple[Q, dict[str, str]]:
    """What narrows the rows, and the texts it was made from. Errors: InvalidRequest, naming the parameter."""
    texts: dict[str, str] = {}
    condition = Q()
    for name, known in FILTERS[resource.name].items():
        text = read_parameter(name, known.kind, given[name]) if name in given else None
        if text is not None:
            texts[name] = text
            condition &= known.condition(text)
    _require_order(texts)
    return condition, texts


def _require_order(texts: Mapping[str, str]) -> None:
    """Errors: InvalidRequest for a range of days that ends before it begins."""
    first, last = (date.fromisoformat(texts[name]) if name in texts else None for name in ("from", "to"))
    if first and last and first > last:
        raise InvalidRequest(f"from: {first} is after to, {last}; the range ends before it begins.")
