"""In which currency an amount of Harvest's is.

Billable rates, budgets and expenses are in the client's currency. Cost rates are set once for a person, for whatever
client they work, and are in the account's own currency (`company.currency`).
Source: Harvest's help centre, "Does Harvest support multiple currencies?"; harvest-dashboard.com's on cost rates.
"""

from __future__ import annotations

import json

from harvest_bridge.mirror.models import Mirror
from harvest_bridge.mirror.queries import records_of


def account_currency(mirror: Mirror) -> str:
    """`EUR`; empty where Harvest does not tell it."""
    raw = records_of(mirror, "company").filter(deleted_at=None).values_list("raw").first()
    return currency_in(raw[0]) if raw else ""


def currency_in(company: str) -> str:
    """Of Harvest's own record of the company."""
    found = json.loads(company).get("currency")
    return found.upper()[:3] if isinstance(found, str) else ""
