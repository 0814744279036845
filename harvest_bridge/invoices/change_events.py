"""Tells of invoices and their payments as the mirror reads them, in the transaction of the change; each change once.

Nothing is told of the first reading of an account.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from harvest_bridge.harvest.currencies import money_text
from harvest_bridge.mirror import change_listeners
from harvest_bridge.mirror.columns import day_of
from harvest_bridge.mirror.models import Cause, Invoice, Mirror, Record
from harvest_bridge.webhooks.catalogue import EventType
from harvest_bridge.webhooks.outbox import NewEvent, emit_all

from . import events
from .models import Payment, PaymentState, ToldInvoice
from .records import ZERO, Json, amount_in, decoded, facts_of, text_in
from .statuses import Status, days_overdue, status_of
from .zones import today_in, zone_of

if TYPE_CHECKING:
    from harvest_bridge.mirror.writing import StreamTarget, Written


class InvoicesTeller:
    """Of invoices: created, sent, another status, overdue, deleted."""

    def written(self, target: StreamTarget, written: Written) -> None:
        new = {one.harvest_id for one in written.created}
        seen = [*written.created, *(one for one, _ in written.changed)]
        told = _told(target.mirror, [one.harvest_id for one in seen])
        today = today_in(zone_of(target.mirror.connection_id))
        found: list[NewEvent] = []
        for one in seen:
            invoice = decoded(one.raw)
            before = told.get(one.harvest_id)
            status = status_of(facts_of(invoice), today=today)
            if target.stream.as_of is not None:
                previous = None if before is None else Status(before.status)
                is_new = before is None and one.harvest_id in new
                found += news(target.mirror, invoice, status, previous, is_new=is_new, today=today)
            keep(target.mirror, invoice, status)
        emit_all(found)

    def buried(self, target: StreamTarget, rows: Sequence[Record], cause: Cause) -> None:
        told = _told(target.mirror, [row.harvest_id for row in rows])
        today = today_in(zone_of(target.mirror.connection_id))
        found = []
        for row in rows:
            before = told.get(row.harvest_id)
            if target.stream.as_of is not None and (before is None or before.status != Status.DELETED):
                invoice = decoded(row.raw)
                found.append(_event(target.mirror, events.DELETED, invoice, Status.DELETED, today))
            keep(target.mirror, decoded(row.raw), Status.DELETED)
        emit_all(found)


class PaymentsTeller:
    """Of payments: recorded, removed. What we recorded and is gone is known as removed."""

    def written(self, target: StreamTarget, written: Written) -> None:
        if target.stream.as_of is not None:
            emit_all(
                _of_payment(target.mirror, events.PAYMENT_RECORDED, one.parent_id or 0, decoded(one.raw))
                for one in written.created
            )

    def buried(self, target: StreamTarget, rows: Sequence[Record], cause: Cause) -> None:
        if target.stream.as_of is not None:
            emit_all(
                _of_payment(
                    target.mirror, events.PAYMENT_REMOVED, row.parent_id or 0, decoded(row.raw), cause=str(cause)
                )
                for row in rows
            )
        ours = _ours(target.mirror, [row.harvest_id for row in rows]).filter(state=PaymentState.RECORDED)
        ours.update(state=PaymentState.REMOVED, settled_at=timezone.now())


def news(
    mirror: Mirror, invoice: Json, status: Status, previous: Status | None, *, is_new: bool, today: date
) -> list[NewEvent]:
    """What there is to tell of an invoice that had another status before, or was not there. Pure."""
    types: list[tuple[EventType, Json]] = []
    if is_new:
        types.append((events.CREATED, {}))
    if previous is not None and previous is not status:
        types.append((events.STATUS_CHANGED, {"previous_status": str(previous)}))
    was_unsent = is_new or previous is Status.DRAFT
    if was_unsent and status not in (Status.DRAFT, Status.DELETED):
        types.append((events.SENT, {}))
    if status is Status.OVERDUE and (is_new or (previous is not None and previous is not status)):
        types.append((events.OVERDUE, {}))
    return [_event(mirror, kind, invoice, status, today, **more) for kind, more in types]


def keep(mirror: Mirror, invoice: Json, status: Status) -> None:
    """Until something else is told."""
    ToldInvoice.objects.update_or_create(
        mirror=mirror,
        harvest_id=invoice["id"],
        defaults={"status": str(status), "due_day": day_of(facts_of(invoice).due_date)},
    )


def _told(mirror: Mirror, ids: Iterable[int]) -> dict[int, ToldInvoice]:
    rows = ToldInvoice.objects.select_for_update().filter(mirror=mirror, harvest_id__in=list(ids))
    return {row.harvest_id: row for row in rows}


def _event(mirror: Mirror, kind: EventType, invoice: Json, status: Status, today: date, **more: Any) -> NewEvent:
    data = {"invoice": _shown(invoice, status, today), **more}
    return _about(mirror, kind, invoice["id"], data)


def _shown(invoice: Json, status: Status, today: date) -> Json:
    facts, currency = facts_of(invoice, is_deleted=status is Status.DELETED), text_in(invoice, "currency")
    return {
        **{name: invoice.get(name) for name in ("id", "number", "issue_date", "due_date", "client")},
        "status": str(status),
        "state": facts.state,
        "currency": currency,
        "amount": money_text(facts.amount, currency),
        "paid_amount": money_text(facts.paid_amount, currency),
        "due_amount": money_text(facts.due_amount, currency),
        "days_overdue": days_overdue(facts, today=today),
    }


def _of_payment(mirror: Mirror, kind: EventType, invoice_id: int, payment: Json, **more: Any) -> NewEvent:
    invoice = Invoice.objects.filter(mirror=mirror, harvest_id=invoice_id).values_list("currency", flat=True).first()
    external_id = _ours(mirror, [payment["id"]]).values_list("external_id", flat=True).first()
    shown = {
        "id": payment["id"],
        "amount": money_text(amount_in(payment, "amount") or ZERO, invoice or ""),
        "currency": invoice or "",
        "paid_date": payment.get("paid_date"),
        "external_id": external_id or _by_reference(mirror, invoice_id, payment),
    }
    return _about(mirror, kind, invoice_id, {"invoice_id": invoice_id, "payment": shown, **more})


def _by_reference(mirror: Mirror, invoice_id: int, payment: Json) -> str | None:
    """One whose answer is still on its way to us."""
    connection, notes = mirror.connection, text_in(payment, "notes")
    rows = Payment.objects.filter(
        host_app=connection.host_app_id, harvest_account_id=connection.harvest_account_id, invoice_id=invoice_id
    )
    found = (name for name, reference in rows.values_list("external_id", "reference") if reference in notes)
    return next(found, None)


def _ours(mirror: Mirror, payment_ids: Iterable[int]) -> Any:
    connection = mirror.connection
    return Payment.objects.filter(
        host_app=connection.host_app_id,
        harvest_account_id=connection.harvest_account_id,
        harvest_payment_id__in=list(payment_ids),
    )


def _about(mirror: Mirror, kind: EventType, invoice_id: int, data: Json) -> NewEvent:
    connection = mirror.connection
    return NewEvent(
        type=kind,
        host_app_id=connection.host_app_id,
        tenant_id=connection.tenant_id,
        connection_id=connection.pk,
        object_id=invoice_id,
        data=data,
    )


def register() -> None:
    change_listeners.register("invoices", InvoicesTeller())
    change_listeners.register("invoice_payments", PaymentsTeller())
