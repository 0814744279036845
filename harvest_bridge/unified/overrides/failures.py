"""Why a field of a record has no value, and whose expressions are whose."""

from __future__ import annotations

from typing import Any, NamedTuple

from .limits import (
    FIELD_CPU_SECONDS,
    FIELD_WALL_SECONDS,
    MAX_FIELD_BYTES,
    MAX_PAGE_BYTES,
    MAX_VALUE_BYTES,
    PAGE_WALL_SECONDS,
)


class Failure(NamedTuple):
    """Shape: `position` counts characters from the beginning of the expression to the end of the word that is wrong."""

    code: str
    message: str
    position: int | None = None

    def serialize(self, field: str, record_id: str) -> dict[str, Any]:
        """One item of a record's `mapping_errors`."""
        place = {} if self.position is None else {"position": self.position}
        return {"field": field, "record_id": record_id, "code": self.code, "message": self.message, **place}


class Owner(NamedTuple):
    """Nothing that evaluation leaves behind is shared between two owners, and no host app can take all processes."""

    host_app: str
    connection: str = ""


LATE = Failure("mapping_timeout", f"The expression did not end within {FIELD_WALL_SECONDS:g} s and was stopped.")
SLOW = Failure("mapping_timeout", f"The expression ran for more than {FIELD_CPU_SECONDS:g} s.")
OUT_OF_MEMORY = Failure("mapping_out_of_memory", "The expression needs more memory than a mapping may have.")
CRASHED = Failure("mapping_crashed", "The expression brought its process down.")
TOO_LARGE = Failure("mapping_too_large", f"The value is larger than {MAX_VALUE_BYTES // 1024} KB.")
FIELD_TOO_LARGE = Failure("mapping_too_large", f"The page's values are larger than {MAX_FIELD_BYTES // 2**20} MB.")
PAGE_LATE = Failure("mapping_timeout", f"The page's mappings did not end within {PAGE_WALL_SECONDS:g} s.")
PAGE_TOO_LARGE = Failure("mapping_too_large", f"The page's mappings make more than {MAX_PAGE_BYTES // 2**20} MB.")
UNFIT = Failure("mapping_failed", "The page has a number beyond 64 bits, or values nested too deeply for mappings.")
BUSY = Failure("mapping_busy", "Every process for mappings is busy; try again.")
