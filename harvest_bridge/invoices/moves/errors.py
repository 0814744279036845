"""Why an invoice is not moved or sent.

BridgeError               500 internal_error
├ EmailOutcomeUnknown     502 email_outcome_unknown
├ InvoiceBusy             503 invoice_busy
└ InvoiceStateUnsuitable  409 invoice_state_unsuitable
"""

from __future__ import annotations

from harvest_bridge.errors import BridgeError


class InvoiceStateUnsuitable(BridgeError):
    """The invoice is in a state from which this verb leads nowhere."""

    status = 409
    code = "invoice_state_unsuitable"


class InvoiceBusy(BridgeError):
    """A payment of the invoice, or another verb, is under way at this moment."""

    status = 503
    code = "invoice_busy"


class EmailOutcomeUnknown(BridgeError):
    """Harvest did not say whether the e-mail went out, and does not show it: it is not sent again by itself."""

    status = 502
    code = "email_outcome_unknown"
    may_have_happened = True
