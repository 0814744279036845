"""Numbering events after their commit, and queueing them for whoever is to be told.

A number taken while the event is written would be no position: a lower one may commit after a higher one was read. So
events are written without, and numbered here once they can be seen, one numberer of a host app at a time. Whoever
writes waits for nobody. Number and deliveries are one transaction: what has a number is queued.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from django.db import connection as database
from django.db import transaction
from django.utils import timezone

from .catalogue import is_on_request
from .models import Delivery, DeliveryStatus, Endpoint, Event, EventCounter

_BATCH = 500
_NUMBER = "UPDATE webhooks_event SET sequence = %s WHERE id = %s"


def number_events(*, now: datetime | None = None) -> int:
    """Number and queue whatever was committed without a number; returns how many events that were."""
    hosts = Event.objects.filter(sequence=None).order_by().values_list("host_app", flat=True).distinct()
    return sum(_number_of(host_app_id, now or timezone.now()) for host_app_id in list(hosts[:100]))


def number_events_of(host_app_id: UUID) -> int:
    """The same for one host app."""
    is_due = Event.objects.filter(host_app=host_app_id, sequence=None).exists()
    return _number_of(host_app_id, timezone.now()) if is_due else 0


@transaction.atomic
def _number_of(host_app_id: UUID, now: datetime) -> int:
    EventCounter.objects.get_or_create(host_app_id=host_app_id)
    counter = EventCounter.objects.select_for_update().get(host_app_id=host_app_id)
    # In the order of writing: what came after another's commit was written after it.
    events = list(Event.objects.filter(host_app=host_app_id, sequence=None).order_by("id")[:_BATCH])
    if not events:
        return 0
    for event in events:
        counter.last += 1
        event.sequence = counter.last
    counter.save(update_fields=["last"])
    with database.cursor() as cursor:
        cursor.executemany(_NUMBER, [(event.sequence, event.pk) for event in events])
    _queue(events, host_app_id, now)
    return len(events)


def _queue(events: Sequence[Event], host_app_id: UUID, now: datetime) -> None:
    endpoints = list(Endpoint.objects.filter(host_app=host_app_id, deleted_at=None))
    rows = [_delivery(event, endpoint, now) for event in events for endpoint in told_of(event, endpoints)]
    Delivery.objects.bulk_create(rows, batch_size=_BATCH)


def told_of(event: Event, endpoints: Iterable[Endpoint]) -> list[Endpoint]:
    """Those of a host app's endpoints that asked for such an event, and were there when it happened."""
    if event.only_for_id is not None:
        return [endpoint for endpoint in endpoints if endpoint.pk == event.only_for_id]
    return [endpoint for endpoint in endpoints if _is_for(event, endpoint)]


def _is_for(event: Event, endpoint: Endpoint) -> bool:
    is_about_itself = event.object_type == "webhook" and event.object_id == str(endpoint.pk)
    return (
        not is_about_itself
        and endpoint.created_at <= event.occurred_at
        and (event.type in endpoint.event_types or not (endpoint.event_types or is_on_request(event.type)))
        and (not endpoint.tenant_ids or event.tenant_id in endpoint.tenant_ids)
    )


def _delivery(event: Event, endpoint: Endpoint, now: datetime) -> Delivery:
    return Delivery(
        endpoint=endpoint,
        event=event,
        sequence=event.sequence or 0,
        object_key=f"{event.object_type}:{event.object_id}",
        status=DeliveryStatus.PENDING if endpoint.target_url else DeliveryStatus.STREAMED,
        next_attempt_at=now,
    )
