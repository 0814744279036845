"""Opaque cursors: a position of ours, signed, and good only for the list it came from."""

from __future__ import annotations

from typing import Any

from django.core import signing

from .errors import InvalidRequest


def encode_cursor(position: Any, *, list_id: str) -> str:
    """`position` is anything JSON; `list_id` names the list, its filters and its connection."""
    return signing.dumps(position, salt=f"cursor {list_id}", compress=True)


def decode_cursor(text: str, *, list_id: str) -> Any:
    """The position, or None for the first page (an absent or empty cursor). Errors: InvalidRequest."""
    if not text:
        return None
    try:
        return signing.loads(text, salt=f"cursor {list_id}")
    except signing.BadSignature as error:
        raise InvalidRequest(
            "next_cursor: this cursor does not belong to this list; pass on the one you got, with the same filters."
        ) from error
