"""The reminder "you are not tracking", where an operator wants it: pages count by themselves, within the work day."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from harvest_bridge.harvest.timezones import zone_named
from timer_widget.access import access_of
from timer_widget.models import Person, PersonState
from timer_widget.state import iso

from .rules import work_time
from .settings import rules_of


def reminder_of(person: Person) -> dict[str, Any] | None:
    """Shape: `{"after_seconds", "begins_at", "ends_at"}`: after how long without a timer, and between which moments.
    None where nobody is reminded. Errors: the HarvestError tree, while nobody knows the person's time zone."""
    rules = rules_of(person)
    if rules.reminds_after is None:
        return None
    kept = PersonState.objects.filter(pk=person.pk).values_list("time_zone", flat=True).first()
    zone = zone_named(kept) if kept else access_of(person).harvest().zone()
    window = work_time(rules, timezone.now(), zone)
    if window is None:
        return None
    begins_at, ends_at = window
    seconds = int(rules.reminds_after.total_seconds())
    return {"after_seconds": seconds, "begins_at": iso(begins_at), "ends_at": iso(ends_at)}
