"""What the verbs do: each reads the invoice from Harvest, sends one message, and reads it again.

One at a time for each invoice, and none while a payment of it is on its way.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from harvest_bridge.api.database_connections import let_go_of_database
from harvest_bridge.connections.models import Connection
from harvest_bridge.harvest.errors import HarvestError, HarvestNotFound, HarvestOutcomeUnknown, HarvestRejected
from harvest_bridge.invoices.payments import claims
from harvest_bridge.invoices.payments.errors import InvoiceUnknown
from harvest_bridge.invoices.payments.harvest_calls import InvoiceCalls
from harvest_bridge.invoices.records import Json, list_in, text_in

from .errors import EmailOutcomeUnknown, InvoiceBusy, InvoiceStateUnsuitable

_PATIENCE_SECONDS = 20.0
_LOOK_EVERY_SECONDS = 0.05
_RETRY_AFTER_SECONDS = 2


@dataclass(frozen=True)
class Move:
    """An event of Harvest's: from which state to which."""

    event: str
    before: str
    after: str


MOVES = {
    "mark_sent": Move("send", "draft", "open"),
    "close": Move("close", "open", "closed"),
    "reopen": Move("re-open", "closed", "open"),
    "to_draft": Move("draft", "open", "draft"),
}


def move(
    connection: Connection, invoice_id: int, verb: str, *, patience: float = _PATIENCE_SECONDS
) -> tuple[Json, bool]:
    """The invoice as it is then, and whether this changed it: one that is there already is left alone.

    Errors: InvoiceUnknown; InvoiceStateUnsuitable; InvoiceBusy; those of the calls.
    """
    with _claimed(connection, invoice_id, patience) as harvest:
        return _moved(harvest, verb)


def _moved(harvest: InvoiceCalls, verb: str) -> tuple[Json, bool]:
    wanted, invoice = MOVES[verb], _read(harvest)
    state = text_in(invoice, "state")
    if state == wanted.after:
        return invoice, False
    if state != wanted.before:
        raise InvoiceStateUnsuitable(
            f"{verb}: the invoice is {state}; this takes one that is {wanted.before}.", state=state
        )
    try:
        harvest.message({"event_type": wanted.event})
    except (HarvestOutcomeUnknown, HarvestRejected) as error:
        invoice = _read(harvest)
        if text_in(invoice, "state") != wanted.after:
            raise
        return invoice, isinstance(error, HarvestOutcomeUnknown)  # else somebody in Harvest was faster
    return _read(harvest), True


def send_email(connection: Connection, invoice_id: int, message: Json, *, patience: float = _PATIENCE_SECONDS) -> Json:
    """The invoice as it is once the e-mail went out to those who are named, and to nobody else.

    Errors: InvoiceUnknown; EmailOutcomeUnknown; InvoiceBusy; those of the calls.
    """
    with _claimed(connection, invoice_id, patience) as harvest:
        return _sent(harvest, message)


def _sent(harvest: InvoiceCalls, message: Json) -> Json:
    _read(harvest)
    before = {one.get("id") for one in harvest.messages()}
    try:
        harvest.message(message)
    except HarvestOutcomeUnknown as error:
        if not _is_shown(harvest, message, before):
            raise EmailOutcomeUnknown(
                "Harvest did not say whether the e-mail went out, and does not show it among the invoice's messages: "
                "look there before you send it again."
            ) from error
    return _read(harvest)


def _is_shown(harvest: InvoiceCalls, message: Json, before: set[Any]) -> bool:
    """Whether a message to the same people stands there that was not there before."""
    wanted = _addresses(message)
    with contextlib.suppress(HarvestError):
        new = [one for one in harvest.messages() if one.get("id") not in before]
        return any(wanted <= _addresses(one) and not one.get("event_type") for one in new)
    return False


def _addresses(message: Json) -> set[str]:
    return {text_in(one, "email").lower() for one in list_in(message, "recipients")}


@contextlib.contextmanager
def _claimed(connection: Connection, invoice_id: int, patience: float) -> Iterator[InvoiceCalls]:
    """Harvest, for an invoice that nobody else of ours moves or pays meanwhile. Errors: InvoiceBusy."""
    claim = _taken(connection, invoice_id, patience)
    try:
        yield InvoiceCalls(connection, invoice_id, before=claim.hold)
    except claims.ClaimLost as lost:
        raise _busy() from lost
    finally:
        claim.release()


def _taken(connection: Connection, invoice_id: int, patience: float) -> claims.Claim:
    until = time.monotonic() + patience
    while True:
        claim = claims.take_invoice(connection.harvest_account_id, invoice_id, connection_id=connection.pk)
        if claim is not None:
            return claim
        if time.monotonic() >= until:
            raise _busy()
        claims.take_over_from_the_dead()
        let_go_of_database()
        time.sleep(_LOOK_EVERY_SECONDS)


def _busy() -> InvoiceBusy:
    text = "A payment of this invoice, or another verb, is under way. Ask again; what was done is left alone."
    return InvoiceBusy(text, retry_after=_RETRY_AFTER_SECONDS)


def _read(harvest: InvoiceCalls) -> Json:
    try:
        return harvest.invoice()
    except HarvestNotFound as error:
        raise InvoiceUnknown("Harvest has no such invoice, or not for the linker.", field="invoice_id") from error
