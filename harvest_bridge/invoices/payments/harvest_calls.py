"""The calls that a payment takes, as its connection sends them: the invoice, its payments, one more, one less."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from msgspec import Raw

from harvest_bridge.connections import calls
from harvest_bridge.connections.models import Connection
from harvest_bridge.harvest.budgets import Lane
from harvest_bridge.harvest.errors import HarvestMalformed
from harvest_bridge.harvest.operations import Operation
from harvest_bridge.harvest.operations.raw import delete_raw, get_raw, list_raw, write_raw
from harvest_bridge.harvest.pages import Page, Position, walk_pages
from harvest_bridge.invoices.models import Payment
from harvest_bridge.invoices.records import Json, decoded

from .matching import payment_notes

T = TypeVar("T")
_PER_PAGE = 100  # what Harvest takes at all times (REFERENCE §4.1)


class InvoiceCalls:
    """Harvest, for one invoice. `before` is called before each call, and gives the seconds that it may take."""

    def __init__(self, connection: Connection, invoice_id: int, *, before: Callable[[], float]) -> None:
        self._connection, self._path, self._before = connection, f"/v2/invoices/{invoice_id}", before

    def invoice(self) -> Json:
        """Errors: HarvestNotFound, and those of every call."""
        return decoded(bytes(self._send(get_raw(self._path))))

    def payments(self) -> list[Json]:
        """All of them. Errors: HarvestMalformed where the list contradicts its own counts."""

        def list_at(position: Position | None) -> Operation[Page[Raw]]:
            return list_raw(f"{self._path}/payments", "invoice_payments", position, per_page=_PER_PAGE)

        pages = list(walk_pages(self._send, list_at))
        found = [decoded(bytes(raw)) for page in pages for raw in page.items]
        totals = {page.total for page in pages if page.total is not None}
        if totals and totals != {len(found)}:
            raise HarvestMalformed("Harvest listed another number of payments than it counted.", retry_after=1)
        return found

    def create(self, payment: Payment) -> Json:
        """Nobody is e-mailed unless the payment asks for it. Errors: HarvestRejected, HarvestOutcomeUnknown."""
        body = {
            "amount": Raw(f"{payment.amount.normalize():f}".encode()),
            "paid_date": payment.paid_date.isoformat(),
            "notes": payment_notes(payment),
            "send_thank_you": payment.send_thank_you,
        }
        return decoded(bytes(self._send(write_raw("POST", f"{self._path}/payments", body))))

    def delete(self, payment_id: int) -> None:
        """Errors: HarvestNotFound where it is gone, HarvestOutcomeUnknown."""
        self._send(delete_raw(f"{self._path}/payments/{payment_id}"))

    def message(self, body: dict[str, Any]) -> Json:
        """A state event, or an e-mail. Errors: HarvestRejected, HarvestOutcomeUnknown."""
        return decoded(bytes(self._send(write_raw("POST", f"{self._path}/messages", body))))

    def messages(self) -> list[Json]:
        """The latest ones, newest first."""
        page = self._send(list_raw(f"{self._path}/messages", "invoice_messages", per_page=_PER_PAGE))
        return [decoded(bytes(raw)) for raw in page.items]

    def _send(self, operation: Operation[T]) -> T:
        return calls.send(self._connection, operation, lane=Lane.API, timeout=self._before())
