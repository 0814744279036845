"""Carries out transitions: each reads the invoice from Harvest, sends one message, and reads it again.

An invoice has one transition at a time, and none while a payment of it is being sent.
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

_MAX_WAIT_SECONDS = 20.0
_POLL_SECONDS = 0.05
_RETRY_AFTER_SECONDS = 2


@dataclass(frozen=True)
class Transition:
    """The event that Harvest is sent, and the states before and after it."""

    event: str
    before: str
    after: str


TRANSITIONS = {
    "mark_sent": Transition("send", "draft", "open"),
    "close": Transition("close", "open", "closed"),
    "reopen": Transition("re-open", "closed", "open"),
    "to_draft": Transition("draft", "open", "draft"),
}


def transition(
    connection: Connection, invoice_id: int, verb: str, *, max_wait: float = _MAX_WAIT_SECONDS
) -> tuple[Json, bool]:
    """The invoice afterwards, and whether this changed it. An invoice in the target state is left alone.

    Errors: InvoiceUnknown; InvoiceStateUnsuitable; InvoiceBusy; those of the calls.
    """
    with _claimed(connection, invoice_id, max_wait) as harvest:
        return _transitioned(harvest, verb)


def _transitioned(harvest: InvoiceCalls, verb: str) -> tuple[Json, bool]:
    wanted, invoice = TRANSITIONS[verb], _read(harvest)
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


def send_email(connection: Connection, invoice_id: int, message: Json, *, max_wait: float = _MAX_WAIT_SECONDS) -> Json:
    """The invoice after the e-mail went out to exactly the recipients named.

    Errors: InvoiceUnknown; EmailOutcomeUnknown; InvoiceBusy; those of the calls.
    """
    with _claimed(connection, invoice_id, max_wait) as harvest:
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
    """Whether the invoice has a new message to the same recipients."""
    wanted = _addresses(message)
    with contextlib.suppress(HarvestError):
        new = [one for one in harvest.messages() if one.get("id") not in before]
        return any(wanted <= _addresses(one) and not one.get("event_type") for one in new)
    return False


def _addresses(message: Json) -> set[str]:
    return {text_in(one, "email").lower() for one in list_in(message, "recipients")}


@contextlib.contextmanager
def _claimed(connection: Connection, invoice_id: int, max_wait: float) -> Iterator[InvoiceCalls]:
    """Harvest's calls while the invoice is claimed against other transitions and payments. Errors: InvoiceBusy."""
    claim = _taken(connection, invoice_id, max_wait)
    try:
        yield InvoiceCalls(connection, invoice_id, before=claim.hold)
    except claims.ClaimLost as lost:
        raise _busy() from lost
    finally:
        claim.release()


def _taken(connection: Connection, invoice_id: int, max_wait: float) -> claims.Claim:
    until = time.monotonic() + max_wait
    while True:
        claim = claims.take_invoice(connection.harvest_account_id, invoice_id, connection_id=connection.pk)
        if claim is not None:
            return claim
        if time.monotonic() >= until:
            raise _busy()
        claims.take_over_from_the_dead()
        let_go_of_database()
        time.sleep(_POLL_SECONDS)


def _busy() -> InvoiceBusy:
    text = "A payment of this invoice, or another verb, is under way. Ask again; what was done is left alone."
    return InvoiceBusy(text, retry_after=_RETRY_AFTER_SECONDS)


def _read(harvest: InvoiceCalls) -> Json:
    try:
        return harvest.invoice()
    except HarvestNotFound as error:
        raise InvoiceUnknown("Harvest has no such invoice, or not for the linker.", field="invoice_id") from error
