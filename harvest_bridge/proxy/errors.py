"""What can be wrong with a request for one of Harvest's collections."""

from __future__ import annotations

from harvest_bridge.errors import BridgeError


class UnknownResource(BridgeError):
    """Harvest has no such collection or method; the message names near ones."""

    status = 404
    code = "unknown_resource"


class VerbNotOffered(BridgeError):
    """Harvest has the collection, and cannot do that with it."""

    status = 405
    code = "method_not_allowed"
