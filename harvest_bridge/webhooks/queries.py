"""Which endpoints, deliveries and attempts: every query names the host app first."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Count, Q, QuerySet

from harvest_bridge.hosts.models import HostApp

from .errors import NoSuchDelivery, NoSuchWebhook
from .models import UNSETTLED, Delivery, DeliveryStatus, Endpoint


def endpoints_of(host_app: HostApp) -> QuerySet[Endpoint]:
    """The host app's own, newest first."""
    return Endpoint.objects.filter(host_app=host_app, deleted_at=None)


def endpoint_of(host_app: HostApp, endpoint_id: object) -> Endpoint:
    """One of them. Errors: NoSuchWebhook."""
    try:
        return endpoints_of(host_app).get(pk=UUID(str(endpoint_id)))
    except (ValueError, Endpoint.DoesNotExist) as error:
        raise NoSuchWebhook(f"id: this host app has no webhook {str(endpoint_id)[:64]!r}.") from error


def deliveries_of(endpoint: Endpoint) -> QuerySet[Delivery]:
    """In the order of events."""
    return Delivery.objects.select_related("event").filter(endpoint=endpoint).order_by("sequence")


def delivery_of(endpoint: Endpoint, event_id: object) -> Delivery:
    """The delivery of one event. Errors: NoSuchDelivery."""
    try:
        return deliveries_of(endpoint).get(event__uid=UUID(str(event_id)))
    except (ValueError, Delivery.DoesNotExist) as error:
        raise NoSuchDelivery(f"event_id: this webhook has no event {str(event_id)[:64]!r}.") from error


def queue_sizes(endpoints: list[Endpoint]) -> dict[UUID, dict[str, int]]:
    """How many events of each endpoint wait, and how many were given up. One query."""
    counts = (
        Delivery.objects.filter(endpoint__in=endpoints, status__in=[*UNSETTLED, DeliveryStatus.FAILED])
        .order_by()
        .values("endpoint")
        .annotate(pending=Count("id", filter=Q(status__in=UNSETTLED)), failed=Count("id", filter=Q(status="failed")))
    )
    return {row["endpoint"]: {"pending": row["pending"], "failed": row["failed"]} for row in counts}
