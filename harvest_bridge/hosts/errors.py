"""What can go wrong while setting up a host app."""

from __future__ import annotations

from harvest_bridge.errors import BridgeError


class OriginTaken(BridgeError):
    """Another host app has this origin; origins decide which host app a bare page belongs to."""

    status = 409
    code = "origin_taken"


class InvalidOrigin(BridgeError):
    status = 400
    code = "invalid_origin"
