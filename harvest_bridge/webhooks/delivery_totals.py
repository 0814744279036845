"""How deliveries go in all: counted by the dispatcher, read by metrics and health, which are in other processes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, F, Min

from .models import UNSETTLED, Delivery, DeliveryTotals, EndpointStatus, Event

_ROW = 1


@dataclass(frozen=True)
class Queue:
    """Of all endpoints in one state: how many deliveries wait, and since when the first of them."""

    count: int
    oldest_at: datetime | None


def totals() -> DeliveryTotals | None:
    """None where no dispatcher ever ran."""
    return DeliveryTotals.objects.filter(pk=_ROW).first()


def note_attempts(*, delivered: int, failed: int) -> None:
    """In the transaction that writes the attempts down."""
    row, _ = DeliveryTotals.objects.get_or_create(pk=_ROW)
    changes = {"delivered": F("delivered") + delivered, "failed": F("failed") + failed}
    DeliveryTotals.objects.filter(pk=row.pk).update(**changes)


def note_dispatcher(*, now: datetime) -> None:
    """It is at work."""
    DeliveryTotals.objects.update_or_create(pk=_ROW, defaults={"dispatcher_seen_at": now})


def queues() -> dict[str, Queue]:
    """By the state of their endpoints."""
    rows = Delivery.objects.filter(status__in=UNSETTLED, endpoint__deleted_at=None).order_by()
    counted = rows.values("endpoint__status").annotate(count=Count("pk"), first=Min("event"))
    found = {row["endpoint__status"]: (row["count"], row["first"]) for row in counted}
    happened = dict(
        Event.objects.filter(pk__in=[first for _, first in found.values()]).values_list("pk", "occurred_at")
    )
    none = (0, None)
    return {
        state: Queue(count, happened.get(first))
        for state in EndpointStatus.values
        for count, first in [found.get(state, none)]
    }
