"""What keeps an end client's page from its invoices.

BridgeError             500 internal_error
├ PortalSessionExpired  401 portal_session_expired
├ PortalTokenExpired    401 portal_token_expired
├ PortalTokenInvalid    401 portal_token_invalid
└ PortalTokenReplayed   401 portal_token_replayed
"""

from __future__ import annotations

from harvest_bridge.errors import BridgeError


class PortalTokenInvalid(BridgeError):
    status = 401
    code = "portal_token_invalid"
    is_of_pages = True


class PortalTokenExpired(BridgeError):
    status = 401
    code = "portal_token_expired"
    is_of_pages = True


class PortalTokenReplayed(BridgeError):
    status = 401
    code = "portal_token_replayed"
    is_of_pages = True


class PortalSessionExpired(BridgeError):
    status = 401
    code = "portal_session_expired"
    is_of_pages = True
