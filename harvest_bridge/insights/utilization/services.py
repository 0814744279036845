"""What a host sets: absence, limits, terms of work, employment."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from harvest_bridge.api.errors import InvalidRequest, NotFound
from harvest_bridge.api.inputs import whole_number
from harvest_bridge.connections.models import Connection
from harvest_bridge.insights.money import plain
from harvest_bridge.insights.records.known_ids import refuse_unknown_ids

from .calendars import refuse_unknown_calendar
from .models import Employment, UtilizationSettings, WorkTerms
from .patterns import WEEKDAYS
from .serializers import weekly_seconds_of

_MOST_TERMS = 5000


@transaction.atomic
def set_settings(*, connection: Connection, given: Mapping[str, Any]) -> UtilizationSettings:
    """Errors: InvalidRequest for a task or project that the mirror does not know, and limits that cross."""
    refuse_unknown_ids(connection, "absence_task_ids", "tasks", given.get("absence_task_ids", ()))
    refuse_unknown_ids(connection, "absence_project_ids", "projects", given.get("absence_project_ids", ()))
    row, _ = UtilizationSettings.objects.get_or_create(connection=connection)
    for name, value in given.items():
        setattr(row, name, value)
    _refuse_crossed(row)
    row.save(update_fields=list(given) or None)
    row.refresh_from_db()
    return row


def _refuse_crossed(row: UtilizationSettings) -> None:
    """Errors: InvalidRequest where somebody would be under and over the target at once."""
    if row.under_below > row.over_above:
        raise InvalidRequest(f"under_below: {row.under_below} lies above over_above, {row.over_above}.")


@transaction.atomic
def set_terms(*, connection: Connection, given: Mapping[str, Any]) -> WorkTerms:
    """The terms of this person, role or account from this day on, in place of what was said for that day.

    Errors: InvalidRequest, naming the field.
    """
    country = given["country"]
    if country is not None:
        refuse_unknown_calendar(country, given["subdivision"])
    if given["user_id"]:
        refuse_unknown_ids(connection, "user_id", "users", [given["user_id"]])
    pattern = given["working_pattern"]
    if WorkTerms.objects.filter(connection=connection).count() >= _MOST_TERMS:
        raise InvalidRequest(f"An account may have {_MOST_TERMS} terms; delete some that are past.")
    row, _ = WorkTerms.objects.update_or_create(
        connection=connection,
        harvest_user_id=given["user_id"],
        role=given["role"],
        starts_on=given["from"],
        defaults={
            "weekly_seconds": weekly_seconds_of(given["weekly_capacity_hours"]),
            "pattern": [plain(pattern[day]) for day in WEEKDAYS] if pattern else None,
            "country": country,
            "subdivision": given["subdivision"] if country else "",
            "target": given["target"],
        },
    )
    return row


def delete_terms(*, connection: Connection, terms_id: str) -> None:
    """Errors: NotFound."""
    number = whole_number(terms_id)
    deleted = 0
    if number is not None:
        deleted, _ = WorkTerms.objects.filter(connection=connection, pk=number).delete()
    if not deleted:
        raise NotFound(f"This account has no work terms {terms_id[:40]!r}.")


@transaction.atomic
def set_employment(*, connection: Connection, user_id: int, given: Mapping[str, Any]) -> Employment:
    """Errors: InvalidRequest where the end lies before the start."""
    row, _ = Employment.objects.select_for_update().get_or_create(connection=connection, harvest_user_id=user_id)
    for name, value in given.items():
        setattr(row, name, value)
    if row.starts_on and row.ends_on and row.ends_on < row.starts_on:
        raise InvalidRequest(f"ends_on: {row.ends_on} lies before starts_on, {row.starts_on}.")
    row.save()
    return row
