"""Parts of Harvest that an account can switch off (`company.expense_feature` and its like)."""

from __future__ import annotations

from harvest_bridge.sandbox.account import Account
from harvest_bridge.sandbox.errors import forbidden, not_found
from harvest_bridge.sandbox.switches import Switches

# first word of the path -> attribute of the company
FEATURES = {
    "expenses": "expense_feature",
    "expense_categories": "expense_feature",
    "invoices": "invoice_feature",
    "invoice_item_categories": "invoice_feature",
    "estimates": "estimate_feature",
    "estimate_item_categories": "estimate_feature",
}


def require_module(account: Account, path: str, switches: Switches) -> None:
    """Errors: 403 or 404, as the switch says: nobody knows which Harvest sends (REFERENCE §13D)."""
    feature = FEATURES.get(path.partition("/")[0])
    if feature and not getattr(account.company, feature):
        raise not_found() if switches.disabled_module == "404" else forbidden()
