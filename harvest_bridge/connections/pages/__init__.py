"""The connect pages: what a person sees on the way to Harvest and back.

The page that a host opens (`entry`, `token_form`) may sit in an iframe or popup of the host, so it keeps no cookie
and trusts only the link token. Consent happens in a top-level window (`consent`), whose own cookie (`memory`) binds the
state; that window may lose its opener to Harvest's headers, so the first page learns the outcome by asking
(`/connect-account/status`). Nothing is linked before the person confirmed who gets which account (`confirmation`).
"""

from __future__ import annotations

from .assets import link_sdk, link_shim
from .confirmation import account
from .consent import authorize, callback
from .link_page import connect, post_connect, status
from .linked_accounts import linked_accounts
from .token_form import personal_token

__all__ = [
    "account",
    "authorize",
    "callback",
    "connect",
    "link_sdk",
    "link_shim",
    "linked_accounts",
    "personal_token",
    "post_connect",
    "status",
]
