"""Publishes a person's new state to all their open pages, in every process.

The state is stored under the person's next version; web processes poll for higher versions (`hub`).
"""

from __future__ import annotations

from typing import Any

from django.db.models import F
from django.utils import timezone

from harvest_bridge.api import plain_sql
from harvest_bridge.api.outages import best_effort
from timer_widget.models import Person, PersonState

from .hub import hub


def publish_state(person: Person, state: dict[str, Any]) -> None:
    """Sets `state["version"]`. While the database is down, only the pages of this process are told."""
    version = best_effort(lambda: _kept(person, state))
    if version is not None:
        state["version"] = version
    hub.publish(person, state, version=version)


def _kept(person: Person, state: dict[str, Any]) -> int:
    new: dict[str, Any] = {"state": state, "changed_at": timezone.now()}
    if known := int(state.get("version") or 0):
        is_newest, values = "person_id = %s AND version = %s", [person.pk, known]
        if plain_sql.update(PersonState, {**new, "version": known + 1}, is_newest, values):
            return known + 1
    rows, new = PersonState.objects.filter(pk=person.pk), {**new, "version": F("version") + 1}
    if not rows.update(**new):
        PersonState.objects.get_or_create(person=person)
        rows.update(**new)
    return int(rows.values_list("version", flat=True).get())
