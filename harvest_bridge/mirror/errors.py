"""What can go wrong with a mirror.

BridgeError              500 internal_error
├ MirrorNotFresh         503 mirror_not_fresh
├ MirrorPaused           409 mirror_paused
├ NotMirrored            404 not_mirrored
├ PositionExpired        410 position_expired
├ RecordDeleted          410 record_deleted
├ RoleRefused            409 bi_role_refused  (mirror.reading.bi_roles)
├ TooManyRows            422 export_too_large
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


class MirrorPaused(BridgeError):
    """Somebody stopped it; nothing is read before somebody resumes it, which the message says how to."""

    status = 409
    code = "mirror_paused"


class RecordDeleted(BridgeError):
    """Harvest has it no more; a tombstone is left, and `deleted=include` shows it."""

    status = 410
    code = "record_deleted"


class PositionExpired(BridgeError):
    """What was deleted since this position is forgotten, or the copy was begun anew: begin with `snapshot`."""

    status = 410
    code = "position_expired"


class TooManyRows(BridgeError):
    """More rows than this kind of file can hold; the message says how many, and what can."""

    status = 422
    code = "export_too_large"
