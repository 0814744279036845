"""Sending again what was sent, or given up: one event, a range of time, or all since the last success."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q

from .errors import NoTarget
from .models import Delivery, DeliveryStatus, Endpoint
from .queries import delivery_of


def replay_one(*, endpoint: Endpoint, event_id: object, now: datetime) -> int:
    """Errors: NoSuchDelivery, NoTarget."""
    return _queue(endpoint, Q(pk=delivery_of(endpoint, event_id).pk), now=now)


def replay_range(*, endpoint: Endpoint, since: datetime | None, until: datetime | None, now: datetime) -> int:
    """Events that happened from `since` on and before `until`. Errors: NoTarget."""
    wanted = Q()
    if since is not None:
        wanted &= Q(event__occurred_at__gte=since)
    if until is not None:
        wanted &= Q(event__occurred_at__lt=until)
    return _queue(endpoint, wanted, now=now)


def replay_since_last_success(*, endpoint: Endpoint, now: datetime) -> int:
    """Whatever happened after the newest event that was delivered, or was not delivered before. Errors: NoTarget."""
    own = Delivery.objects.filter(endpoint=endpoint)
    last = own.filter(status=DeliveryStatus.DELIVERED).order_by("-delivered_at").first()
    after = Q(sequence__gt=last.sequence) if last else Q()
    return _queue(endpoint, after | ~Q(status=DeliveryStatus.DELIVERED), now=now)


def _queue(endpoint: Endpoint, wanted: Q, *, now: datetime) -> int:
    """How many were queued; those that are waiting already are counted and come as soon as the others."""
    if not endpoint.target_url:
        raise NoTarget("target_url: this webhook is polled and has no address; set one, or read its events.")
    ids = Delivery.objects.filter(wanted, endpoint=endpoint)
    return Delivery.objects.filter(pk__in=ids.values("pk")).update(
        status=DeliveryStatus.PENDING,
        next_attempt_at=now,
        round_attempts=0,
        round_started_at=None,
        delivered_at=None,
    )
