"""What can go wrong with a mirror.

BridgeError              500 internal_error
├ MirrorNotFresh         503 mirror_not_fresh
├ NotMirrored            404 not_mirrored
└ UnknownMirrorResource  404 unknown_resource
"""

from __future__ import annotations

from harvest_bridge.errors import BridgeError


class NotMirrored(BridgeError):
    """This connection has no mirror, or not of this resource; the message says how to begin one."""

    status = 404
    code = "not_mirrored"


class UnknownMirrorResource(BridgeError):
    """Harvest has no such collection."""

    status = 404
    code = "unknown_resource"


class MirrorNotFresh(BridgeError):
    """It could not be read anew within the time that the caller waits."""

    status = 503
    code = "mirror_not_fresh"
