"""The list envelope of DESIGN §4.3."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


def list_envelope(
    result: Sequence[Any], *, limit: int, next_cursor: str | None = None, prev_cursor: str | None = None
) -> dict[str, Any]:
    return {
        "result": list(result),
        "next_cursor": next_cursor,
        "prev_cursor": prev_cursor,
        "result_count": len(result),
        "limit": limit,
    }
