"""Pages of an answer that is worked out whole: a cursor is the place where the next page begins."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from rest_framework.request import Request

from harvest_bridge.api.cursors import decode_cursor, encode_cursor
from harvest_bridge.api.envelopes import list_envelope

T = TypeVar("T")


def page_of(
    rows: Sequence[T], show: Callable[[T], Any], request: Request, *, list_id: str, limit: int
) -> dict[str, Any]:
    """The list envelope around one page. Errors: InvalidRequest for a cursor of another list."""
    start = decode_cursor(request.query_params.get("next_cursor", ""), list_id=list_id) or 0
    end = start + limit
    return list_envelope(
        [show(row) for row in rows[start:end]],
        limit=limit,
        next_cursor=encode_cursor(end, list_id=list_id) if end < len(rows) else None,
        prev_cursor=encode_cursor(max(0, start - limit), list_id=list_id) if start else None,
    )
