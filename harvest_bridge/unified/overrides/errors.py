"""What can be wrong with a mapping when it is saved. What goes wrong when it runs is a `failures.Failure`.

BridgeError         500 internal_error
├ FieldNotMappable  400 mapping_field_unknown
├ MappingConflict   409 mapping_conflict
├ MappingInvalid    400 mapping_invalid
├ MappingsBusy      503 mapping_busy
├ NoSuchMapping     404 mapping_not_found
└ TooManyMappings   400 mapping_limit_reached
"""

from __future__ import annotations

from harvest_bridge.errors import BridgeError


class MappingInvalid(BridgeError):
    """The expression cannot be compiled; `position` tells where."""

    status = 400
    code = "mapping_invalid"


class FieldNotMappable(BridgeError):
    """No such field can be mapped; the message lists those that can."""

    status = 400
    code = "mapping_field_unknown"


class TooManyMappings(BridgeError):
    status = 400
    code = "mapping_limit_reached"


class MappingConflict(BridgeError):
    """Somebody else changed the field in between."""

    status = 409
    code = "mapping_conflict"


class NoSuchMapping(BridgeError):
    status = 404
    code = "mapping_not_found"


class MappingsBusy(BridgeError):
    """Every process for expressions is at work."""

    status = 503
    code = "mapping_busy"
