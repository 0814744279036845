"""Invoices and estimates as hosts see them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from harvest_bridge.harvest.currencies import money_text
from harvest_bridge.invoices.records import Json, amount_in, facts_of, list_in, text_in
from harvest_bridge.invoices.statuses import Status, days_overdue, status_of
from harvest_bridge.mirror.reading.presentation import moment

_SAME = (
    *("id", "number", "purchase_order", "subject", "notes", "issue_date", "created_at", "updated_at", "sent_at"),
    *("client", "creator"),
)
_SAME_OF_INVOICES = (
    *("due_date", "payment_term", "period_start", "period_end", "paid_at", "paid_date", "closed_at"),
    *("estimate", "recurring_invoice_id"),
)
_SAME_OF_ESTIMATES = ("accepted_at", "declined_at")
_MONEY = ("tax_amount", "tax2_amount", "discount_amount")
_PERCENTAGES = ("tax", "tax2", "discount")


@dataclass(frozen=True, kw_only=True)
class Around:
    """What is shown beside a record. `payments` are those of Harvest, `ours` external ids by Harvest's payment id.

    `link_base` is the account's address in Harvest, where the caller may see public links; None where not.
    """

    today: date
    payments: Sequence[Json] = ()
    ours: Mapping[int, str] = field(default_factory=dict)
    link_base: str | None = None
    deleted_at: datetime | None = None


def serialize_invoice(invoice: Json, around: Around) -> Json:
    facts, currency = facts_of(invoice, is_deleted=around.deleted_at is not None), text_in(invoice, "currency")
    status = status_of(facts, today=around.today)
    return {
        **_document(invoice, currency),
        **{name: invoice.get(name) for name in _SAME_OF_INVOICES},
        "status": str(status),
        "is_overdue": status is Status.OVERDUE,
        "days_overdue": days_overdue(facts, today=around.today),
        "amount": money_text(facts.amount, currency),
        "paid_amount": money_text(facts.paid_amount, currency),
        "due_amount": money_text(facts.due_amount, currency),
        "projects": _by_project(list_in(invoice, "line_items"), currency),
        "payments": [serialize_payment(one, currency, around.ours) for one in around.payments],
        "deleted_at": moment(around.deleted_at),
        **_public_link(invoice, around, "invoices"),
    }


def serialize_estimate(estimate: Json, around: Around) -> Json:
    currency, is_deleted = text_in(estimate, "currency"), around.deleted_at is not None
    return {
        **_document(estimate, currency),
        **{name: estimate.get(name) for name in _SAME_OF_ESTIMATES},
        "status": str(Status.DELETED) if is_deleted else text_in(estimate, "state"),
        "amount": money_text(amount_in(estimate, "amount") or Decimal(0), currency),
        "line_items": [_line(one, currency) for one in list_in(estimate, "line_items")],
        "deleted_at": moment(around.deleted_at),
        **_public_link(estimate, around, "estimates"),
    }


def serialize_payment(payment: Json, currency: str, ours: Mapping[int, str]) -> Json:
    """`external_id` is null for a payment that did not come through us."""
    return {
        **{name: payment.get(name) for name in ("id", "paid_date", "paid_at", "notes", "recorded_by", "created_at")},
        "amount": money_text(amount_in(payment, "amount") or Decimal(0), currency),
        "external_id": ours.get(payment.get("id") or 0),
    }


def _document(record: Json, currency: str) -> Json:
    return {
        **{name: record.get(name) for name in _SAME},
        "state": text_in(record, "state"),
        "currency": currency,
        **{name: _plain(amount_in(record, name)) for name in _PERCENTAGES},
        **{name: _money(amount_in(record, name), currency) for name in _MONEY},
    }


def _by_project(lines: Iterable[Json], currency: str) -> list[Json]:
    """Line items under their projects, in the order in which these come first; null is what has none."""
    found: dict[Any, Json] = {}
    sums: dict[Any, Decimal] = {}
    for one in lines:
        project = one.get("project") if isinstance(one.get("project"), dict) else None
        key = project.get("id") if project else None
        found.setdefault(key, {"project": project, "amount": "", "line_items": []})["line_items"].append(
            _line(one, currency)
        )
        sums[key] = sums.get(key, Decimal(0)) + (amount_in(one, "amount") or Decimal(0))
    return [row | {"amount": money_text(sums[key], currency)} for key, row in found.items()]


def _line(line: Json, currency: str) -> Json:
    return {
        **{name: line.get(name) for name in ("id", "kind", "description", "taxed", "taxed2")},
        "quantity": _plain(amount_in(line, "quantity")),
        "unit_price": _money(amount_in(line, "unit_price"), currency),
        "amount": _money(amount_in(line, "amount"), currency),
    }


def _money(amount: Decimal | None, currency: str) -> str | None:
    return None if amount is None else money_text(amount, currency)


def _plain(number: Decimal | None) -> str | None:
    return None if number is None else f"{number.normalize():f}"


def _public_link(record: Json, around: Around, name: str) -> Json:
    """Whoever has the key reads the document: shown to callers with the scope for it alone."""
    key = text_in(record, "client_key")
    if around.link_base is None:
        return {}
    url = f"{around.link_base}/client/{name}/{key}" if key and around.link_base else None
    return {"client_key": key or None, "public_url": url, "pdf_url": f"{url}.pdf" if url else None}
