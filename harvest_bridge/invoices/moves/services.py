"""What the verbs do: each reads the invoice from Harvest, sends one message, and reads it again."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from harvest_bridge.connections.models import Connection
from harvest_bridge.harvest.errors import HarvestError, HarvestNotFound, HarvestOutcomeUnknown
from harvest_bridge.invoices.payments.errors import InvoiceUnknown
from harvest_bridge.invoices.payments.harvest_calls import InvoiceCalls
from harvest_bridge.invoices.records import Json, list_in, text_in

from .errors import EmailOutcomeUnknown, InvoiceStateUnsuitable


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


def move(connection: Connection, invoice_id: int, verb: str) -> tuple[Json, bool]:
    """The invoice as it is then, and whether this changed it: one that is there already is left alone.

    Errors: InvoiceUnknown; InvoiceStateUnsuitable; those of the calls.
    """
    harvest, wanted = _harvest(connection, invoice_id), MOVES[verb]
    invoice = _read(harvest)
    state = text_in(invoice, "state")
    if state == wanted.after:
        return invoice, False
    if state != wanted.before:
        raise InvoiceStateUnsuitable(
            f"{verb}: the invoice is {state}; this takes one that is {wanted.before}.", state=state
        )
    try:
        harvest.message({"event_type": wanted.event})
    except HarvestOutcomeUnknown:
        if text_in(_read(harvest), "state") != wanted.after:
            raise
    return _read(harvest), True


def send_email(connection: Connection, invoice_id: int, message: Json) -> Json:
    """The invoice as it is once the e-mail went out to those who are named, and to nobody else.

    Errors: InvoiceUnknown; EmailOutcomeUnknown; those of the calls.
    """
    harvest = _harvest(connection, invoice_id)
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


def _harvest(connection: Connection, invoice_id: int) -> InvoiceCalls:
    return InvoiceCalls(connection, invoice_id, before=lambda: float(settings.HARVEST_TIMEOUT_SECONDS))


def _read(harvest: InvoiceCalls) -> Json:
    try:
        return harvest.invoice()
    except HarvestNotFound as error:
        raise InvoiceUnknown("Harvest has no such invoice, or not for the linker.", field="invoice_id") from error
