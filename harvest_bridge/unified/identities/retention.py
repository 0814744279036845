"""How long people are kept whom nobody can reach any more."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Count, Q, QuerySet

from harvest_bridge.api import audit_events

from . import decisions
from .models import HarvestUser, Identity, MatchingRun

KEPT = timedelta(days=30)


def forget_old(*, now: datetime) -> None:
    """Erase runs, and the people of connections that ended `KEPT` ago: until then an account may be linked again."""
    before = now - KEPT
    has_ended = Q(connection__disconnected_at__lt=before)
    _erase_people(Identity.objects.filter(has_ended))
    HarvestUser.objects.filter(has_ended).delete()
    MatchingRun.objects.filter(has_ended | Q(finished_at__lt=before)).delete()


@transaction.atomic
def _erase_people(rows: QuerySet[Identity]) -> None:
    """The audit is told of each customer whose people go."""
    names = ("connection_id", "connection__host_app_id", "connection__tenant_id")
    for connection_id, host_app_id, tenant_id, count in rows.order_by().values_list(*names).annotate(Count("pk")):
        audit_events.record(
            "erased people of an ended connection",
            actor="identity retention",
            object_type="connections.Connection",
            object_id=str(connection_id),
            detail=f"{count} people",
            host_app_id=host_app_id,
            tenant_id=tenant_id,
            connection_id=connection_id,
        )
    decisions.erase_all(rows)
