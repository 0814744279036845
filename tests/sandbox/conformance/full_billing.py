"""Invoices and estimates of the full account."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from harvest_bridge.sandbox.records import (
    Client,
    Estimate,
    EstimateItemCategory,
    Invoice,
    InvoiceItemCategory,
    LineItem,
    Message,
    Payment,
)
from harvest_bridge.sandbox.seed.builder import Builder

DAY, MOMENT = date(2026, 11, 4), datetime(2026, 11, 4, 8, 30, tzinfo=UTC)
PERCENTAGES = {"tax": Decimal(5), "tax2": Decimal(2), "discount": Decimal(10)}
WORDS = {"purchase_order": "PO-1", "subject": "Phase 1", "notes": "With thanks"}


def add_item_categories(build: Builder, ids: dict[str, int], spare: dict[str, int]) -> None:
    account = build.account
    for name, purpose in (("Service", {"use_as_service": True}), ("Product", {"use_as_expense": True}), ("Other", {})):
        base = build.base("invoice_item_categories")
        invoice_kind = account.invoice_item_categories.add(InvoiceItemCategory(**base, name=name, **purpose))
        base = build.base("estimate_item_categories")
        estimate_kind = account.estimate_item_categories.add(EstimateItemCategory(**base, name=name))
        target = spare if name == "Other" else ids
        target.update(invoiceItemCategoryId=invoice_kind.id, estimateItemCategoryId=estimate_kind.id)


def add_estimates(build: Builder, ids: dict[str, int]) -> None:
    """One with everything, a declined one, and a bare draft."""
    full = add_estimate(build, state="accepted", sent_at=MOMENT, accepted_at=MOMENT, **PERCENTAGES, **WORDS)
    full.line_items = [line(build, description="Idea"), line(build)]
    full.messages = messages(build, "estimate_messages", event="accept")
    add_estimate(build, state="declined", sent_at=MOMENT, declined_at=MOMENT)
    add_estimate(build)
    ids.update(estimateId=full.id, estimateMessageId=full.messages[0].id)


def add_invoices(build: Builder, ids: dict[str, int]) -> None:
    """A paid one with everything, a closed one, and a bare draft."""
    projects = {project.name: project for project in build.account.projects}
    paid = add_invoice(
        build,
        state="paid",
        **{"sent_at": MOMENT, "paid_at": MOMENT, "paid_date": DAY, "period_start": DAY, "period_end": DAY},
        estimate=build.account.estimates[ids["estimateId"]],
        payment_options=["ach", "credit_card"],
        **PERCENTAGES,
        **WORDS,
    )
    paid.line_items = [
        line(build, description="Work", project=projects["A"]),
        line(build, project=projects["C"]),
        line(build),
    ]
    paid.messages = messages(build, "invoice_messages", event="send")
    paid.messages[0].send_reminder_on = DAY
    paid.payments = [payment(build, notes="Thanks", transaction_id="tr-1"), payment(build), payment(build)]
    add_invoice(build, state="closed", closed_at=MOMENT, recurring_invoice_id=77, retainer_id=88)
    add_invoice(build)
    ids.update(invoiceId=paid.id, invoiceMessageId=paid.messages[0].id, paymentId=paid.payments[0].id)


def add_estimate(build: Builder, **more: Any) -> Estimate:
    return build.account.estimates.add(Estimate(**document(build, "estimates"), **more))


def add_invoice(build: Builder, **more: Any) -> Invoice:
    return build.account.invoices.add(Invoice(**document(build, "invoices"), due_date=DAY, **more))


def document(build: Builder, kind: str) -> dict[str, Any]:
    base = build.base(kind)
    client: Client = next(iter(build.account.clients))
    creator = next(iter(build.account.users))
    return {
        **base,
        "client": client,
        "client_key": f"{base['id']:040x}",
        "creator": creator,
        "number": str(base["id"]),
        "currency": client.currency,
        "issue_date": DAY,
    }


def line(build: Builder, **more: Any) -> LineItem:
    return LineItem(id=build.world.ids.next("line_items"), kind="Service", unit_price=Decimal(100), **more)


def payment(build: Builder, **more: Any) -> Payment:
    who = {"recorded_by": "Alice Full", "recorded_by_email": "alice@full.example"}
    return Payment(
        **build.base("invoice_payments"), amount=Decimal(96), paid_at=MOMENT, paid_date=DAY, **who, **more
    )


def messages(build: Builder, kind: str, *, event: str) -> list[Message]:
    """Two e-mails and an event, newest first."""
    who = {"sent_by": "Alice Full", "sent_from": "Alice Full"}
    addresses = {"sent_by_email": "alice@full.example", "sent_from_email": "alice@full.example"}
    texts = (("Hello", "Here it is"), (None, None), (None, None))
    return [
        Message(
            **build.base(kind),
            **who,
            **addresses,
            recipients=[{"name": "Ann Orr", "email": "ann@a.example"}] if subject else [],
            subject=subject,
            body=body,
            event_type=None if subject else event,
        )
        for subject, body in texts
    ][::-1]
