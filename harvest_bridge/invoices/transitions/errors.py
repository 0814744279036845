"""Why a transition of an invoice, or its sending, is refused.

BridgeError               500 internal_error
├ EmailOutcomeUnknown     502 email_outcome_unknown
├ InvoiceBusy             503 invoice_busy
└ InvoiceStateUnsuitable  409 invoice_state_unsuitable
"""

from __future__ import annotations

from harvest_bridge.errors import BridgeError


class InvoiceStateUnsuitable(BridgeError):
    """The invoice is in a state that this transition does not start from."""

    status = 409
    code = "invoice_state_unsuitable"


class InvoiceBusy(BridgeError):
    """A payment or another transition of the invoice is under way."""

    status = 503
    code = "invoice_busy"


class EmailOutcomeUnknown(BridgeError):
    """Harvest did not say whether the e-mail went out, and does not show it; it is not sent again automatically."""

    status = 502
    code = "email_outcome_unknown"
    may_have_happened = True
