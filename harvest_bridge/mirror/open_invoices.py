"""Where invoices are in use, and so looked at each minute (`invoice_polling`); other accounts are spared that."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone

from harvest_bridge.webhooks.models import Endpoint

from .models import Mirror

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
