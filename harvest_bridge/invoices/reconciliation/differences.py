"""What differs between our payments and Harvest's, of one mirrored account, each with the action that mends it.

Rows alone: Harvest is not asked. `as_of` of the streams tells how fresh they are.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any
from urllib.parse import quote

from harvest_bridge.connections.models import Connection
from harvest_bridge.harvest.currencies import money_text
from harvest_bridge.invoices.models import Payment, PaymentState
from harvest_bridge.invoices.payments.matching import matches
from harvest_bridge.invoices.payments.queries import payments_of
from harvest_bridge.invoices.payments.refunds import PARTLY
from harvest_bridge.invoices.records import ZERO, Json, amount_in, decoded
from harvest_bridge.mirror.models import Invoice, Mirror, Record

_MICROS = 1_000_000
_BY_PERSON = ("look_again", "is_there", "send_again", "give_up")


@dataclass(frozen=True, kw_only=True)
class Action:
    """A call that mends it: `choices` are the decisions among which a person chooses."""

    verb: str
    method: str
    path: str
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Difference:
    kind: str
    invoice_id: int
    says: str
    actions: tuple[Action, ...]
    external_id: str | None = None
    harvest_payment_id: int | None = None
    number: str = ""


@dataclass(frozen=True)
class Comparison:
    """Both sides of one account, read once."""

    connection: Connection
    mirror: Mirror
    _number: dict[int, str] = field(default_factory=dict)

    @cached_property
    def invoices(self) -> dict[int, Invoice]:
        return {row.harvest_id: row for row in Invoice.objects.filter(mirror=self.mirror)}

    @cached_property
    def theirs(self) -> dict[int, list[Json]]:
        """Live payments of Harvest by invoice."""
        found: dict[int, list[Json]] = defaultdict(list)
        rows = Record.objects.filter(stream__mirror=self.mirror, stream__resource="invoice_payments", deleted_at=None)
        for parent, raw in rows.order_by("harvest_id").values_list("parent_id", "raw"):
            found[parent or 0].append(decoded(raw))
        return found

    @cached_property
    def ours(self) -> list[Payment]:
        return list(payments_of(self.connection).order_by("id"))

    def differences(self) -> Iterator[Difference]:
        for invoice in self.invoices.values():
            yield from self._of_invoice(invoice)
        for payment in self.ours:
            yield from self._of_payment(payment)

    def totals(self) -> list[Json]:
        """For each currency how much came through us, how much by hand, and what Harvest says is paid."""
        sums: dict[str, dict[str, Decimal]] = defaultdict(lambda: dict.fromkeys(_TOTALS, ZERO))
        known = {payment.harvest_payment_id for payment in self.ours if payment.harvest_payment_id}
        for invoice in self.invoices.values():
            row = sums[invoice.currency]
            row["paid_by_invoices"] += Decimal(invoice.amount_micros - invoice.due_amount_micros) / _MICROS
            for one in self.theirs.get(invoice.harvest_id, ()):
                side = "recorded_through_us" if one.get("id") in known else "recorded_otherwise"
                row[side] += amount_in(one, "amount") or ZERO
        for payment in self.ours:
            if payment.state == PaymentState.RECORDED:
                sums[payment.currency]["recorded_here"] += payment.amount
        return [
            {"currency": currency, **{name: money_text(value, currency) for name, value in row.items()}}
            for currency, row in sorted(sums.items())
        ]

    def _of_invoice(self, invoice: Invoice) -> Iterator[Difference]:
        listed = sum((amount_in(one, "amount") or ZERO for one in self.theirs.get(invoice.harvest_id, ())), ZERO)
        paid = Decimal(invoice.amount_micros - invoice.due_amount_micros) / _MICROS
        if listed != paid:
            yield self._difference(
                "sum_differs",
                invoice.harvest_id,
                f"Payments come to {money_text(listed, invoice.currency)}, and {money_text(paid, invoice.currency)} "
                "of the invoice is paid.",
                _READ_AGAIN,
            )
        if invoice.due_amount_micros < 0:
            over = money_text(Decimal(-invoice.due_amount_micros) / _MICROS, invoice.currency)
            yield self._difference(
                "overpaid",
                invoice.harvest_id,
                f"{over} {invoice.currency} more is paid than the invoice comes to.",
                *self._deletions(invoice.harvest_id),
                Action(verb="look", method="GET", path=f"/invoices/{invoice.harvest_id}"),
            )

    def _of_payment(self, payment: Payment) -> Iterator[Difference]:
        state = PaymentState(payment.state)
        error = (payment.error or {}).get("message", "")
        if state is PaymentState.DOUBTFUL:
            yield self._about(payment, "doubtful", error, self._decision(payment, _BY_PERSON))
        elif state is PaymentState.REFUSED:
            yield self._about(payment, "refused", error, self._decision(payment, ("send_again", "give_up")))
        elif state is PaymentState.REMOVED:
            yield self._about(
                payment,
                "removed_in_harvest",
                "Somebody deleted it in Harvest: record it under another external id, or accept that it is gone.",
                self._decision(payment, ("give_up",)),
                self._recording(payment),
            )
        elif state is PaymentState.RECORDED and payment.invoice_id in self.invoices:
            yield from self._of_recorded(payment)

    def _of_recorded(self, payment: Payment) -> Iterator[Difference]:
        theirs = self.theirs.get(payment.invoice_id, ())
        same = [one for one in theirs if one.get("id") == payment.harvest_payment_id]
        twice = [one for one in theirs if matches(one, payment) and one not in same]
        if not same:
            look = self._decision(payment, ("look_again",))
            yield self._about(payment, "missing_in_harvest", "Harvest does not list it.", _READ_AGAIN, look)
        elif amount_in(same[0], "amount") != payment.amount:
            held = money_text(amount_in(same[0], "amount") or ZERO, payment.currency)
            yield self._about(payment, "amount_differs", f"Harvest holds {held}.", self._deletion(payment))
        if (payment.error or {}).get("code") == PARTLY:
            says = str((payment.error or {}).get("message", ""))
            yield self._about(payment, PARTLY, says, self._deletion(payment), self._recording(payment))
        for one in twice:
            yield self._difference(
                "recorded_twice",
                payment.invoice_id,
                "A second payment carries its reference.",
                self._decision(payment, ("delete_duplicate",)),
                external_id=payment.external_id,
                harvest_payment_id=one.get("id"),
            )

    def _about(self, payment: Payment, kind: str, says: str, *actions: Action) -> Difference:
        return self._difference(
            kind,
            payment.invoice_id,
            says,
            *actions,
            external_id=payment.external_id,
            harvest_payment_id=payment.harvest_payment_id,
        )

    def _difference(self, kind: str, invoice_id: int, says: str, *actions: Action, **more: Any) -> Difference:
        invoice = self.invoices.get(invoice_id)
        number = invoice.number if invoice else ""
        return Difference(kind=kind, invoice_id=invoice_id, says=says, actions=actions, number=number, **more)

    def _deletions(self, invoice_id: int) -> Iterator[Action]:
        recorded = (row for row in self.ours if row.invoice_id == invoice_id and row.state == PaymentState.RECORDED)
        return (self._deletion(row) for row in recorded)

    def _deletion(self, payment: Payment) -> Action:
        name = quote(payment.external_id, safe="")
        return Action(verb="delete", method="DELETE", path=f"/invoices/{payment.invoice_id}/payments/{name}")

    def _recording(self, payment: Payment) -> Action:
        return Action(verb="record", method="POST", path=f"/invoices/{payment.invoice_id}/payments")

    def _decision(self, payment: Payment, choices: tuple[str, ...]) -> Action:
        path = f"/invoices/{payment.invoice_id}/payment-decisions"
        return Action(verb="decide", method="POST", path=path, choices=choices)


_TOTALS = ("recorded_here", "recorded_through_us", "recorded_otherwise", "paid_by_invoices")
_READ_AGAIN = Action(verb="read_again", method="POST", path="/mirror/sync")
