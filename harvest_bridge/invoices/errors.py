"""Why invoices cannot be compared.

BridgeError            500 internal_error
└ InvoicesNotComplete  409 invoices_not_complete
"""

from __future__ import annotations

from harvest_bridge.errors import BridgeError


class InvoicesNotComplete(BridgeError):
    """Of this link's invoices or payments the mirror has a part, or nothing; the message says why."""

    status = 409
    code = "invoices_not_complete"
