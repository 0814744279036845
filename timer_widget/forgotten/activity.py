"""Signs of a person: heartbeats of the pages that they see, and their clicks."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Max

from timer_widget.models import BY_THE_GUARD, Intent, Person, PersonState


def note_sign(person: Person, *, now: datetime) -> None:
    """One write."""
    if not PersonState.objects.filter(pk=person.pk).update(active_at=now):
        PersonState.objects.get_or_create(person=person, defaults={"active_at": now})


def last_signs(person: Person) -> list[datetime | None]:
    """Of a page, and of a click of their own."""
    seen = PersonState.objects.filter(pk=person.pk).values_list("active_at", flat=True).first()
    clicks = Intent.objects.filter(person=person).exclude(asked__by=BY_THE_GUARD)
    return [seen, clicks.aggregate(last=Max("clicked_at"))["last"]]
