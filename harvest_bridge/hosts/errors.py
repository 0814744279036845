"""What can go wrong while setting up a host app.

BridgeError      500 internal_error
├ InvalidOrigin  400 invalid_origin
└ OriginTaken    409 origin_taken
"""

from __future__ import annotations

from harvest_bridge.errors import BridgeError


class OriginTaken(BridgeError):
    """Another host app has this origin; origins decide which host app a bare page belongs to."""

    status = 409
    code = "origin_taken"


class InvalidOrigin(BridgeError):
    status = 400
    code = "invalid_origin"
