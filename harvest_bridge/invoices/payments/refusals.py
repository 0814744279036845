"""What an invoice does not take, by its state and amounts as Harvest has just told them. Pure."""

from __future__ import annotations

from harvest_bridge.connections.errors import RightNotGranted
from harvest_bridge.errors import BridgeError
from harvest_bridge.harvest.currencies import money_text
from harvest_bridge.harvest.errors import HarvestForbidden, HarvestRejected
from harvest_bridge.invoices.models import Payment
from harvest_bridge.invoices.statuses import Facts

from .errors import AmountExceedsDue, CurrencyMismatch, InvoiceIsDraft, InvoiceWrittenOff, PaymentError

_FINAL = (PaymentError, HarvestRejected, HarvestForbidden, RightNotGranted)


def check(payment: Payment, facts: Facts, currency: str) -> None:
    """Errors: CurrencyMismatch, InvoiceIsDraft, InvoiceWrittenOff, AmountExceedsDue."""
    if payment.currency != currency:
        raise CurrencyMismatch(f"the invoice is in {currency}, not {payment.currency}.", field="currency")
    if facts.state == "draft":
        raise InvoiceIsDraft("the invoice is a draft; mark it as sent first.", field="invoice_id")
    if facts.state == "closed":
        raise InvoiceWrittenOff("the invoice is written off; reopen it first.", field="invoice_id")
    if payment.amount > facts.due_amount and not payment.allow_overpayment:
        due = money_text(facts.due_amount, currency)
        raise AmountExceedsDue(
            f"{due} {currency} is due, and not more; `allow_overpayment` takes it all the same.",
            field="amount",
            due_amount=due,
        )


def is_final(error: BridgeError) -> bool:
    """Whether the same attempt could not end otherwise a little later."""
    return isinstance(error, _FINAL)
