"""Each person as utilization sees them: capacity and its history, employment, zone."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from harvest_bridge.api.errors import NotFound
from harvest_bridge.api.inputs import whole_number
from harvest_bridge.connections.models import Connection
from harvest_bridge.insights.records.days import date_of
from harvest_bridge.insights.records.people import Person

from .calculation import Facts
from .employment import ALWAYS, NEVER, Presence
from .models import CapacityStep
from .serializers import hours_text


def person_of(facts: Facts, user_id: str) -> Person:
    """Errors: NotFound."""
    person = facts.people.get(whole_number(user_id) or 0)
    if person is None:
        raise NotFound(f"The mirror of this account has no person {user_id[:40]!r}.")
    return person


def serialize_people(connection: Connection, facts: Facts) -> list[dict[str, Any]]:
    steps: dict[int, list[CapacityStep]] = defaultdict(list)
    for step in CapacityStep.objects.filter(connection=connection).order_by("starts_on", "id"):
        steps[step.harvest_user_id].append(step)
    people = sorted(facts.people.values(), key=lambda one: (one.name.casefold(), one.id))
    return [serialize_person(one, facts.presences[one.id], steps[one.id]) for one in people]


def serialize_person(person: Person, presence: Presence, steps: list[CapacityStep]) -> dict[str, Any]:
    ordered = sorted(steps, key=lambda step: (step.starts_on is not None, step.starts_on or step.seen_at.date()))
    return {
        "user_id": person.id,
        "name": person.name,
        "roles": list(person.roles),
        "is_contractor": person.is_contractor,
        "is_active": person.is_active,
        "timezone": person.timezone or None,
        "starts_on": None if presence.first == ALWAYS else date_of(presence.first),
        "is_start_guessed": presence.is_start_guessed,
        "ends_on": None if presence.last == NEVER else date_of(presence.last),
        "is_end_guessed": presence.is_end_guessed,
        "capacity_history": [
            {"from": step.starts_on, "weekly_capacity_hours": hours_text(step.weekly_seconds)} for step in ordered
        ],
    }
