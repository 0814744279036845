"""Signs a person out in the widget."""

from __future__ import annotations

from django.utils import timezone

from harvest_bridge.api import admissions
from harvest_bridge.connections.services import disconnect
from timer_widget import person_states
from timer_widget.access import connection_of
from timer_widget.models import Person


def sign_out(*, person: Person) -> None:
    """Forget the person's own Harvest account, at once and on every page; time that runs there goes on running."""
    connection = connection_of(person)
    while connection is not None:
        disconnect(connection=connection, actor=f"person: {person.user_id}")
        connection = connection_of(person)
    admissions.forget()
    person_states.save_after_click(person, None, moment=timezone.now())
    Person.objects.filter(pk=person.pk).update(signed_out_at=timezone.now())
