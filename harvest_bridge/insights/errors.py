"""Why a question cannot be answered.

BridgeError          500 internal_error
├ MirrorRequired     409 mirror_required
├ RangeNotMirrored   409 range_not_mirrored
├ StreamNotComplete  409 stream_not_complete
└ UnknownDefinition  400 unknown_definition
"""

from __future__ import annotations

from harvest_bridge.errors import BridgeError


class MirrorRequired(BridgeError):
    """Answers come from the mirror, and this account has none yet; the message says how to begin one."""

    status = 409
    code = "mirror_required"


class StreamNotComplete(BridgeError):
    """What the answer is made of is forbidden, not whole yet or left out; the message names it and its right."""

    status = 409
    code = "stream_not_complete"


class RangeNotMirrored(BridgeError):
    """The mirror holds fewer days back than were asked for."""

    status = 409
    code = "range_not_mirrored"


class UnknownDefinition(BridgeError):
    """No definition of this name; the message lists those there are."""

    status = 400
    code = "unknown_definition"
