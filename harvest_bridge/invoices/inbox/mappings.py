"""What a provider's body says of payments, as JSONata; and how what comes of it is read.

An expression gives an object, or a list of them: `action` (`record`, `delete`, or `reinstate` for a dispute that was
won), `external_id`, `invoice_id` (of Harvest), `amount` in decimal text or `amount_minor`, `currency`, `paid_at` (a
moment, or seconds since 1970), `method`, `note`, `refund_id` (of what was paid back, or won again). Nothing, or an
object without an action, is ignored.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from harvest_bridge.api.inputs import whole_number
from harvest_bridge.harvest.currencies import minor_units
from harvest_bridge.invoices.payments.amounts import amount_of
from harvest_bridge.invoices.payments.card_numbers import refuse_card_data
from harvest_bridge.unified.overrides.evaluation import evaluate
from harvest_bridge.unified.overrides.failures import Owner

from .errors import InboxMappingFailed

Json = dict[str, Any]

_STRIPE = """(
  $o := data.object;
  type = "payment_intent.succeeded" and $exists($o.metadata.harvest_invoice_id) ? {
    "action": "record", "external_id": $o.id, "invoice_id": $o.metadata.harvest_invoice_id,
    "amount_minor": $o.amount_received, "currency": $o.currency, "paid_at": created, "method": "Stripe"
  } : type = "charge.refunded" ? {
    "action": "delete", "external_id": $o.payment_intent, "refund_id": "refunded",
    "amount_minor": $o.amount_refunded, "currency": $o.currency
  } : type = "charge.dispute.funds_withdrawn" ? {
    "action": "delete", "external_id": $o.payment_intent, "refund_id": $o.id,
    "amount_minor": $o.amount, "currency": $o.currency
  } : type = "charge.dispute.funds_reinstated" ? {
    "action": "reinstate", "external_id": $o.payment_intent, "refund_id": $o.id
  }
)"""
_GOCARDLESS = """[events[resource_type = "payments"].(
  action = "confirmed" and $exists(resource_metadata.harvest_invoice_id) ? {
    "action": "record", "external_id": links.payment, "invoice_id": resource_metadata.harvest_invoice_id,
    "amount_minor": resource_metadata.amount_minor, "currency": resource_metadata.currency,
    "paid_at": created_at, "method": "GoCardless"
  } : action in ["charged_back", "late_failure_settled"] ? {
    "action": "delete", "external_id": links.payment, "refund_id": "charge-back"
  } : action = "chargeback_cancelled" ? {
    "action": "reinstate", "external_id": links.payment, "refund_id": "charge-back"
  }
)]"""
_PAYPAL = """(
  $up := $split(resource.links[rel = "up"][0].href, "/")[-1];
  event_type = "PAYMENT.CAPTURE.COMPLETED" and $exists(resource.custom_id) ? {
    "action": "record", "external_id": resource.id, "invoice_id": resource.custom_id,
    "amount": resource.amount.value, "currency": resource.amount.currency_code, "paid_at": resource.create_time,
    "method": "PayPal"
  } : event_type in ["PAYMENT.CAPTURE.REFUNDED", "PAYMENT.CAPTURE.REVERSED"] ? {
    "action": "delete", "external_id": $up, "amount": resource.amount.value,
    "currency": resource.amount.currency_code,
    "refund_id": event_type = "PAYMENT.CAPTURE.REVERSED" ? "reversed" : resource.id
  } : event_type = "CUSTOMER.DISPUTE.RESOLVED"
      and resource.dispute_outcome.outcome_code = "RESOLVED_SELLER_FAVOUR" ? {
    "action": "reinstate", "external_id": resource.disputed_transactions[0].seller_transaction_id,
    "refund_id": "reversed"
  }
)"""
READY = {"stripe": _STRIPE, "gocardless": _GOCARDLESS, "paypal": _PAYPAL}
# Where a provider's smallest unit is another one than ISO 4217's (docs.stripe.com/currencies).
_OWN_UNITS: Mapping[str, Mapping[str, int]] = {"stripe": {"ISK": 2, "UGX": 2, "MGA": 0}}
_MOST = 500
_WHOLE = re.compile(r"\d{1,15}", re.ASCII)


@dataclass(frozen=True, kw_only=True)
class Told:
    """One payment that a provider told of. `amount` is None where what is no recording names none."""

    action: str
    external_id: str
    invoice_id: int | None
    amount: Decimal | None
    currency: str
    paid_date: date
    method: str
    note: str
    refund_id: str


def rows_in(body: Json, *, provider: str, expression: str, owner: Owner) -> list[Json]:
    """What the expression gives, one for each payment. Errors: InboxMappingFailed."""
    column = evaluate(owner, {"payments": expression or READY[provider]}, [body])["payments"]
    if failure := column.failures.get(0):
        raise InboxMappingFailed(failure.message, field="expression")
    value = column.values[0]
    rows = [one for one in (value if isinstance(value, list) else [value]) if isinstance(one, dict)]
    if len(rows) > _MOST:
        raise InboxMappingFailed(f"more than {_MOST} payments in one body.", field="expression")
    return [one for one in rows if one.get("action") in ("record", "delete", "reinstate")]


def told_by(row: Json, provider: str, zone: ZoneInfo, now: datetime) -> Told:
    """Errors: InboxMappingFailed; those of `amount_of` and `refuse_card_data`."""
    currency = _text(row, "currency", 3).upper()
    texts = {name: _text(row, name, most) for name, most in (("external_id", 255), ("method", 50), ("note", 500))}
    refuse_card_data(**texts)
    if not texts["external_id"]:
        raise InboxMappingFailed("is missing.", field="external_id")
    is_recording = row["action"] == "record"
    has_amount = row.get("amount") is not None or row.get("amount_minor") is not None
    return Told(
        action=row["action"],
        **texts,
        invoice_id=_invoice(row) if is_recording else None,
        amount=_amount(row, provider, currency) if has_amount or is_recording else None,
        currency=currency,
        paid_date=_day(row.get("paid_at"), zone, now),
        refund_id=_text(row, "refund_id", 255) or "refunded",
    )


def _amount(row: Json, provider: str, currency: str) -> Decimal:
    """Errors: AmountInvalid, AmountTooPrecise."""
    minor = row.get("amount_minor")
    if isinstance(minor, float) and minor.is_integer():
        minor = int(minor)
    if isinstance(minor, str) and _WHOLE.fullmatch(minor):
        minor = int(minor)
    units = _OWN_UNITS.get(provider, {}).get(currency)
    if units is not None and isinstance(minor, int):
        exact = Decimal(minor).scaleb(-units)
        places = minor_units(currency)
        text = f"{exact:.{places}f}" if exact == round(exact, places) else f"{exact:f}"
        return amount_of(text=text, minor=None, currency=currency)
    return amount_of(text=row.get("amount"), minor=minor, currency=currency)


def _invoice(row: Json) -> int:
    number = whole_number(_text(row, "invoice_id", 19))
    if not number:
        raise InboxMappingFailed("must be Harvest's id of the invoice, a whole number.", field="invoice_id")
    return number


def _text(row: Json, name: str, most: int) -> str:
    value = row.get(name)
    value = str(int(value)) if isinstance(value, float) and value.is_integer() else value
    text = "" if value is None else str(value)
    if len(text) > most:
        raise InboxMappingFailed(f"may have {most} characters.", field=name)
    return text


def _day(value: Any, zone: ZoneInfo, now: datetime) -> date:
    """In the account's zone; today where the body does not say."""
    try:
        if isinstance(value, int | float) and not isinstance(value, bool):
            at = datetime.fromtimestamp(value, UTC)
        elif isinstance(value, str) and value:
            at = datetime.fromisoformat(value)
        else:
            at = now
    except (ValueError, OverflowError, OSError) as error:
        raise InboxMappingFailed("is no moment.", field="paid_at") from error
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(zone).date()
