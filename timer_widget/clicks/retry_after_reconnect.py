"""Retries clicks that failed for want of a connection once it is linked again; fails projects whose process died."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from harvest_bridge.connections.models import Status
from timer_widget.access import access_of
from timer_widget.decision_models import Decision, DecisionBy, DecisionKind
from timer_widget.errors import MustLinkAgain, NotLinked
from timer_widget.models import Intent, IntentKind, IntentStatus, Person

from . import intents

_LINK = (MustLinkAgain.code, NotLinked.code)
_MOST_PEOPLE = 200
_LONGEST_PROJECT = timedelta(minutes=5)
_PROJECT_LOST = {
    "code": "harvest_outcome_unknown",
    "message": "The bridge was stopped while this project was made; look in Harvest whether it is there.",
}


def retry_after_reconnect(*, now: datetime) -> int:
    """Returns how many clicks are pending again."""
    fail_lost_projects(now=now)
    waiting = Intent.objects.filter(status=IntentStatus.FAILED, needs_decision=True, outcome__code__in=_LINK)
    people = Person.objects.filter(pk__in=waiting.values("person_id")).select_related("host_app")[:_MOST_PEOPLE]
    reconnected = [person for person in people if access_of(person).status == Status.ACTIVE]
    rows = [row for person in reconnected for row in waiting.filter(person=person).order_by("position")]
    return sum(_retry(row) for row in rows)


def _retry(row: Intent) -> bool:
    note = Decision(intent=row, by=DecisionBy.BRIDGE, decision=DecisionKind.RETRY, outcome=row.outcome)
    with transaction.atomic():
        is_ours = intents.try_again(row, now=timezone.now(), expires_at=row.expires_at)
        if is_ours:
            note.save()
    return is_ours


def fail_lost_projects(*, now: datetime) -> None:
    """New projects whose process was killed: their forms are gone, so they are never sent again."""
    lost = Intent.objects.filter(kind=IntentKind.PROJECT, status=IntentStatus.PENDING)
    lost.filter(created_at__lt=now - _LONGEST_PROJECT).update(
        status=IntentStatus.FAILED, outcome=_PROJECT_LOST, settled_at=now
    )
