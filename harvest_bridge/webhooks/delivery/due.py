"""What is to be sent now, from the rows."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from harvest_bridge.webhooks.endpoint_secrets import valid_secrets
from harvest_bridge.webhooks.models import UNSETTLED, Delivery, DeliveryStatus, Endpoint, EndpointStatus
from harvest_bridge.webhooks.rendering import body_of
from harvest_bridge.webhooks.signing import headers_for


@dataclass(frozen=True)
class Job:
    """One attempt to be made."""

    delivery: Delivery
    endpoint: Endpoint
    body: bytes
    secrets: tuple[str, ...]

    @property
    def headers(self) -> dict[str, str]:
        """Signed at the moment that they are asked for, by the real clock, as receivers look at it."""
        event_id = str(self.delivery.event.uid)
        return headers_for(self.endpoint, event_id=event_id, body=self.body, secrets=self.secrets, now=timezone.now())


def due_endpoints(*, now: datetime) -> list[Endpoint]:
    """Those that may be sent to, and for which something is due."""
    due = Delivery.objects.filter(endpoint=OuterRef("pk"), status=DeliveryStatus.PENDING, next_attempt_at__lte=now)
    rows = Endpoint.objects.filter(status=EndpointStatus.ACTIVE, deleted_at=None).exclude(target_url="")
    return list(rows.filter(Q(not_before=None) | Q(not_before__lte=now)).filter(Exists(due)).order_by())


def due_jobs(endpoint: Endpoint, *, now: datetime, room: int, in_flight: Collection[int]) -> list[Job]:
    """The longest due first, and among those due at once the oldest. With `ordered`, of each object only the first."""
    rows = Delivery.objects.filter(endpoint=endpoint, status=DeliveryStatus.PENDING, next_attempt_at__lte=now)
    rows = rows.exclude(pk__in=list(in_flight)).select_related("event")
    if endpoint.ordered:
        earlier = Delivery.objects.filter(
            endpoint=endpoint,
            object_key=OuterRef("object_key"),
            sequence__lt=OuterRef("sequence"),
            status__in=UNSETTLED,
        )
        rows = rows.filter(~Exists(earlier))
    return list(_jobs(endpoint, rows.order_by("next_attempt_at", "id")[:room]))


def _jobs(endpoint: Endpoint, rows: Iterable[Delivery]) -> Iterator[Job]:
    secrets = tuple(valid_secrets(endpoint, now=timezone.now()))
    for delivery in rows:
        yield Job(delivery, endpoint, body_of(delivery.event, endpoint), secrets)
