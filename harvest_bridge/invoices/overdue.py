"""Tells of invoices that become overdue because a day is over, and knows those that were there before we told."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef

from harvest_bridge.mirror.columns import day_of
from harvest_bridge.mirror.models import Invoice, Mirror, Record
from harvest_bridge.webhooks.outbox import emit_all

from . import change_events
from .models import ToldInvoice
from .records import decoded, facts_of
from .statuses import Status, status_of
from .zones import today_in, zone_of

_WAITING = (Status.OPEN, Status.PARTIALLY_PAID)
# No zone is ahead of UTC by more.
_FIRST_ZONE = timedelta(hours=14)
_BATCH = 500


def tell_overdue(*, now: datetime) -> int:
    """Each once. Returns how many that were."""
    rows = ToldInvoice.objects.filter(status__in=_WAITING, due_day__lt=day_of((now + _FIRST_ZONE).date()))
    count = 0
    for pk in list(rows.order_by().values_list("mirror", flat=True).distinct()):
        mirror = Mirror.objects.select_related("connection").get(pk=pk)
        today = day_of(today_in(zone_of(mirror.connection_id), now=now))
        late = ToldInvoice.objects.filter(mirror=mirror, status__in=_WAITING, due_day__lt=today)
        count += sum(_tell(mirror, told, now) for told in list(late[:_BATCH]))
    return count


@transaction.atomic
def _tell(mirror: Mirror, told: ToldInvoice, now: datetime) -> bool:
    """Unless another worker did, or it changed meanwhile."""
    row = ToldInvoice.objects.select_for_update().filter(pk=told.pk, status=told.status).first()
    record = Record.objects.filter(
        stream__mirror=mirror, stream__resource="invoices", harvest_id=told.harvest_id, deleted_at=None
    ).first()
    if row is None or record is None:
        return False
    invoice, today = decoded(record.raw), today_in(zone_of(mirror.connection_id), now=now)
    status = status_of(facts_of(invoice), today=today)
    emit_all(change_events.news(mirror, invoice, status, Status(told.status), is_new=False, today=today))
    change_events.keep(mirror, invoice, status)
    return status is not Status(told.status)


def remember_earlier(*, now: datetime) -> int:
    """Invoices of mirrors that were there before we told of any: silently, as nothing changed. Returns how many."""
    told = ToldInvoice.objects.filter(mirror=OuterRef("mirror"), harvest_id=OuterRef("harvest_id"))
    rows = Invoice.objects.filter(~Exists(told)).select_related("mirror__connection")[:_BATCH]
    count = 0
    for row in rows:
        with transaction.atomic():
            Mirror.objects.select_for_update().get(pk=row.mirror_id)
            if not ToldInvoice.objects.filter(mirror=row.mirror, harvest_id=row.harvest_id).exists():
                count += _remember(row, now)
    return count


def _remember(row: Invoice, now: datetime) -> int:
    record = Record.objects.filter(
        stream__mirror=row.mirror, stream__resource="invoices", harvest_id=row.harvest_id
    ).first()
    if record is None:
        return 0
    today = today_in(zone_of(row.mirror.connection_id), now=now)
    invoice = decoded(record.raw)
    change_events.keep(row.mirror, invoice, status_of(facts_of(invoice), today=today))
    return 1
