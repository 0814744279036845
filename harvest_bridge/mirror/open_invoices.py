"""The pass that looks at every open invoice, which shows payments whatever they do to `updated_at`.

Harvest gives 2,000 a call. What is new and what was edited shows in `updated_since`, another call. Both take two calls
a minute at most: where the open invoices fill several pages, they are listed less often, or, in an account whose
payments leave `updated_at` as it was, `updated_since` is asked less often.

Accounts whose invoices nobody uses are spared both: see `are_used`.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.utils import timezone

from harvest_bridge.webhooks.models import Endpoint

from .models import Mirror, Stream

if TYPE_CHECKING:
    from .passes import Pass
    from .writing import Written

RESOURCE = "invoices"
OPEN = "open"
MINUTE = timedelta(minutes=1)
# A little more than half a minute for each page, so that `updated_since` now and then fits in as well.
_A_PAGE = timedelta(seconds=30.8)
_SELDOM = timedelta(minutes=20)
_IN_USE, _NOTED_EVERY = timedelta(days=30), timedelta(days=1)


def note_use(mirror: Mirror) -> None:
    """Somebody asked for invoices: they are looked at each minute for the next 30 days. Writes once a day."""
    now = timezone.now()
    if mirror.invoices_used_at is None or mirror.invoices_used_at < now - _NOTED_EVERY:
        mirror.invoices_used_at = now
        Mirror.objects.filter(pk=mirror.pk).update(invoices_used_at=now, due_at=now)


def are_used(mirror: Mirror, *, now: datetime) -> bool:
    """Whether invoices were asked for within 30 days, or a webhook of the host app gets their events."""
    if mirror.invoices_used_at is not None and mirror.invoices_used_at > now - _IN_USE:
        return True
    endpoints = Endpoint.objects.filter(host_app=mirror.connection.host_app_id, deleted_at=None)
    return any(_tells_of_invoices(types) for types in endpoints.values_list("event_types", flat=True))


def _tells_of_invoices(types: list[str]) -> bool:
    """None named are all."""
    return not types or any(name.startswith("invoice.") for name in types)


def since_every(stream: Stream) -> timedelta:
    """How often `updated_since` is asked."""
    return _SELDOM if stream.open_pages > 1 and stream.keeps_updated_at else MINUTE


def listed_every(stream: Stream) -> timedelta:
    """How often the open invoices are listed."""
    if stream.open_pages <= 1:
        return MINUTE
    return _A_PAGE * stream.open_pages if stream.keeps_updated_at else MINUTE * stream.open_pages


def note(work: Pass, written: Written) -> None:
    """Whether a payment showed that left `updated_at` as it was."""
    told = {"due_amount", "state"}
    if work.stream.keeps_updated_at or not any(
        told & set(names) and "updated_at" not in names for _, names in written.changed
    ):
        return
    work.stream.keeps_updated_at = True
    work.stream.save(update_fields=["keeps_updated_at"])
