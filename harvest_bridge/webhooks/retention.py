"""Forgetting events: soon once everybody has them, late and not silently what could not be delivered."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import Count, F, Max, Min, QuerySet

from .models import UNSETTLED, Attempt, Delivery, DeliveryStatus, Endpoint, Event
from .outbox import NewEvent, emit
from .own_types import EVENTS_DROPPED

log = structlog.get_logger(__name__)

_BATCH = 1000
_UNDELIVERED = (*UNSETTLED, DeliveryStatus.FAILED)


def forget_old(*, now: datetime) -> int:
    """Returns how many events went."""
    _forget_deleted_endpoints()
    gone = 0
    while events := _old_events(now):
        gone += _forget(events, now=now)
    return gone


def _old_events(now: datetime) -> list[int]:
    """The next of those that are old, but for the ones that somebody still waits for and that are not very old."""
    old = Event.objects.filter(occurred_at__lt=now - timedelta(days=settings.WEBHOOK_EVENT_DAYS))
    waited_for = Delivery.objects.filter(event__in=old, status__in=_UNDELIVERED, endpoint__deleted_at=None)
    very_old = now - timedelta(days=max(settings.WEBHOOK_UNDELIVERED_DAYS, settings.WEBHOOK_EVENT_DAYS))
    kept = waited_for.filter(event__occurred_at__gte=very_old).values("event")
    return list(old.exclude(sequence=None).exclude(pk__in=kept).order_by("id").values_list("pk", flat=True)[:_BATCH])


@transaction.atomic
def _forget(events: list[int], *, now: datetime) -> int:
    deliveries = Delivery.objects.filter(event__in=events)
    _tell_of_dropped(deliveries.filter(status__in=_UNDELIVERED, endpoint__deleted_at=None))
    for endpoint_id, last in deliveries.order_by().values_list("endpoint").annotate(Max("sequence")):
        Endpoint.objects.filter(pk=endpoint_id, forgotten_through__lt=last).update(forgotten_through=last)
    Attempt.objects.filter(delivery__event__in=events).delete()
    deliveries.delete()
    Event.objects.filter(pk__in=events).delete()
    return len(events)


def _tell_of_dropped(dropped: QuerySet[Delivery]) -> None:
    """To the endpoint's own page and figures, to the log, and to the other endpoints."""
    counted = (
        dropped.order_by().values("endpoint").annotate(count=Count("id"), first=Min("sequence"), last=Max("sequence"))
    )
    for row in counted:
        endpoint = Endpoint.objects.get(pk=row["endpoint"])
        Endpoint.objects.filter(pk=endpoint.pk).update(dropped_count=F("dropped_count") + row["count"])
        data = {
            "webhook_id": str(endpoint.pk),
            "target_url": endpoint.target_url,
            "count": row["count"],
            "first_sequence": row["first"],
            "last_sequence": row["last"],
        }
        emit(NewEvent(type=EVENTS_DROPPED, host_app_id=endpoint.host_app_id, object_id=endpoint.pk, data=data))
        log.warning("events were dropped undelivered", webhook=str(endpoint.pk), count=row["count"])


def _forget_deleted_endpoints() -> None:
    for endpoint_id in list(Endpoint.objects.exclude(deleted_at=None).values_list("pk", flat=True)):
        while ids := list(Delivery.objects.filter(endpoint=endpoint_id).values_list("pk", flat=True)[:_BATCH]):
            _forget_deliveries(ids)
        _forget_endpoint(endpoint_id)


@transaction.atomic
def _forget_deliveries(ids: list[int]) -> None:
    Attempt.objects.filter(delivery__in=ids).delete()
    Delivery.objects.filter(pk__in=ids).delete()


def _forget_endpoint(endpoint_id: UUID) -> None:
    Endpoint.objects.filter(pk=endpoint_id).delete()
