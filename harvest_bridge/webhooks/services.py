"""Creating, changing, stopping and testing endpoints."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.db import transaction
from django.utils import timezone

from harvest_bridge.api import audit_events
from harvest_bridge.hosts.models import HostApp

from . import queries
from .endpoint_secrets import give_secret, new_secret, rotate_secret
from .errors import TooManyWebhooks
from .models import UNSETTLED, Delivery, DeliveryStatus, Endpoint, EndpointStatus, Event, EventCounter
from .outbox import NewEvent, emit
from .own_types import DISABLED, TEST
from .target_urls import checked_url

log = structlog.get_logger(__name__)

MOST_ENDPOINTS = 100
OVERLAP = timedelta(hours=24)
FAILS_FOR = timedelta(days=5)


@transaction.atomic
def create_endpoint(*, host_app: HostApp, target_url: str = "", **fields: Any) -> tuple[Endpoint, str]:
    """An endpoint, told of what happens from now on, and its secret, which is shown now and never again.

    Errors: TargetNotAllowed, TooManyWebhooks.
    """
    if queries.endpoints_of(host_app).count() >= MOST_ENDPOINTS:
        raise TooManyWebhooks(f"A host app may have {MOST_ENDPOINTS} webhooks; delete one first.")
    endpoint = Endpoint(host_app=host_app, target_url=checked_url(target_url) if target_url else "", **fields)
    secret = new_secret()
    give_secret(endpoint, secret)
    endpoint.save(force_insert=True)
    return endpoint, secret


@transaction.atomic
def change_endpoint(
    *, endpoint: Endpoint, is_active: bool | None = None, actor: str = "the host", **fields: Any
) -> Endpoint:
    """Change what is given. `is_active` pauses, with `actor` in the reason, and resumes.

    Errors: TargetNotAllowed, NoSuchWebhook.
    """
    row = _held(endpoint)
    if fields.get("target_url"):
        fields["target_url"] = checked_url(fields["target_url"])
    for name, value in fields.items():
        setattr(row, name, value)
    row.updated_at = timezone.now()
    row.save(update_fields=[*fields, "updated_at"])
    if is_active is False and row.status == EndpointStatus.ACTIVE:
        _set_status(row, EndpointStatus.PAUSED, f"paused by {actor}", now=row.updated_at)
    if is_active is True and row.status != EndpointStatus.ACTIVE:
        _resume(row, now=row.updated_at)
    return row


@transaction.atomic
def delete_endpoint(*, endpoint: Endpoint) -> None:
    """Nothing is sent from now on; the worker removes its queue and history a little later."""
    now = timezone.now()
    Endpoint.objects.filter(pk=endpoint.pk).update(deleted_at=now, updated_at=now, sealed_previous_secret="")


@transaction.atomic
def rotate(*, endpoint: Endpoint, overlap: timedelta = OVERLAP) -> tuple[Endpoint, str]:
    """A new secret, shown now and never again. Deliveries are signed with the one before as well during `overlap`."""
    row, secret, now = _held(endpoint), new_secret(), timezone.now()
    rotate_secret(row, secret, valid_until=now + overlap)
    row.updated_at = now
    row.save(update_fields=["sealed_secret", "sealed_previous_secret", "previous_secret_expires_at", "updated_at"])
    return row, secret


@transaction.atomic
def send_test(*, endpoint: Endpoint) -> Event:
    """A `test` event for this endpoint alone."""
    [event] = emit(
        NewEvent(
            type=TEST,
            host_app_id=endpoint.host_app_id,
            object_id=endpoint.pk,
            data=dict(TEST.example),
            only_for=endpoint,
        )
    )
    return event


@transaction.atomic
def disable(endpoint: Endpoint, reason: str, *, now: datetime) -> bool:
    """Stop an active endpoint, which keeps its queue, and tell the host app's others; False if it was not active."""
    is_stopped = Endpoint.objects.filter(pk=endpoint.pk, status=EndpointStatus.ACTIVE, deleted_at=None).update(
        status=EndpointStatus.DISABLED, status_reason=reason, status_changed_at=now, updated_at=now
    )
    if not is_stopped:
        return False
    told = {"webhook_id": str(endpoint.pk), "target_url": endpoint.target_url, "reason": reason}
    emit(NewEvent(type=DISABLED, host_app_id=endpoint.host_app_id, object_id=endpoint.pk, data=told))
    audit_events.record(
        "disabled a webhook",
        actor="webhook deliveries",
        object_type="webhooks.Endpoint",
        object_id=str(endpoint.pk),
        detail=reason,
        host_app_id=endpoint.host_app_id,
    )
    log.warning("webhook disabled", webhook=str(endpoint.pk), host_app=str(endpoint.host_app_id), reason=reason)
    return True


def disable_those_that_fail(*, now: datetime) -> None:
    """Endpoints that have answered no 2xx for five days, though they were asked."""
    failing = Endpoint.objects.filter(status=EndpointStatus.ACTIVE, deleted_at=None)
    for endpoint in failing.filter(failing_since__lt=now - FAILS_FOR):
        disable(endpoint, "failing: no answer with a 2xx status for five days", now=now)


def _held(endpoint: Endpoint) -> Endpoint:
    return queries.endpoint_of(endpoint.host_app, Endpoint.objects.select_for_update().get(pk=endpoint.pk).pk)


def _resume(row: Endpoint, *, now: datetime) -> None:
    """What waits goes oldest first, all of it with its attempts before it, at a bounded pace."""
    counter = EventCounter.objects.filter(host_app=row.host_app_id).first()
    row.drain_through = counter.last if counter else 0
    row.failing_since, row.consecutive_failures, row.not_before = None, 0, None
    _set_status(row, EndpointStatus.ACTIVE, "", now=now)
    queue_again(row, now=now)


def queue_again(row: Endpoint, *, now: datetime, among: Sequence[str] = UNSETTLED) -> int:
    """Everything unsettled is due now, with all attempts before it."""
    return Delivery.objects.filter(endpoint=row, status__in=among).update(
        status=DeliveryStatus.PENDING, next_attempt_at=now, round_attempts=0, round_started_at=None
    )


def _set_status(row: Endpoint, status: EndpointStatus, reason: str, *, now: datetime) -> None:
    row.status, row.status_reason, row.status_changed_at = status, reason, now
    row.save(
        update_fields=[
            *("status", "status_reason", "status_changed_at", "drain_through"),
            *("failing_since", "consecutive_failures", "not_before"),
        ]
    )
