"""The key of the rate-limit budget that a call draws on (REFERENCE §3: by token or by account is not documented)."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings


def budget_key(*, grant_id: UUID, harvest_account_id: int | None) -> str:
    """The name of the allowance, as HARVEST_BUDGET_SCOPE has it: the grant's, which survives a token refresh and is one
    for all who linked the same personal token, or the whole Harvest account's, whoever linked it."""
    if settings.HARVEST_BUDGET_SCOPE == "account" and harvest_account_id is not None:
        return f"account {harvest_account_id}"
    return f"grant {grant_id}"
