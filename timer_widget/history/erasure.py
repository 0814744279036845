"""Erases people from the timer: their names and settled clicks; what is on its way is carried out."""

from __future__ import annotations

from uuid import UUID

from timer_widget.models import Intent, IntentStatus, Person, PersonState

_BATCH = 200


def erase(host_app_id: UUID, tenant_id: str, user_ids: list[str]) -> None:
    """Of one customer, by the host's own ids. Within the caller's transaction."""
    for at in range(0, len(user_ids), _BATCH):
        ids = user_ids[at : at + _BATCH]
        people = Person.objects.filter(host_app_id=host_app_id, tenant_id=tenant_id, user_id__in=ids)
        Intent.objects.filter(person__in=people).exclude(status=IntentStatus.PENDING).delete()
        PersonState.objects.filter(person__in=people).delete()
        people.update(name="", email="")
