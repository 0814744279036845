"""Errors for callers above a limit.

BridgeError           500 internal_error
├ AddressTooLong      414 address_too_long
├ HeadTooLong         431 request_head_too_long
├ TooBusy             503 too_busy
└ TooManyConnections  503 too_many_connections
"""

from __future__ import annotations

from harvest_bridge.errors import BridgeError


class TooBusy(BridgeError):
    """More is under way than this process can do well; nothing was begun."""

    status = 503
    code = "too_busy"


class TooManyConnections(BridgeError):
    status = 503
    code = "too_many_connections"


class HeadTooLong(BridgeError):
    status = 431
    code = "request_head_too_long"


class AddressTooLong(BridgeError):
    status = 414
    code = "address_too_long"
