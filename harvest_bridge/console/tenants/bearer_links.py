"""Leaves out of an export what opens a client's own page of an invoice or estimate to whoever has it."""

from __future__ import annotations

import re
from typing import Any

_NAMES = frozenset({"client_key", "public_url", "pdf_url"})
# The same in a record that is kept as Harvest's own text; the value is taken whole, escapes included.
_IN_TEXT = re.compile(r'("(?:client_key|public_url|pdf_url)"\s*+:\s*+)"(?:[^"\\]++|\\.)*+"')


def without_bearer_links(value: Any) -> Any:
    """A column's value, text or JSON, with null in the place of each such key and address."""
    if isinstance(value, str):
        return _IN_TEXT.sub(r"\1null", value)
    if isinstance(value, dict):
        return {key: None if key in _NAMES else without_bearer_links(part) for key, part in value.items()}
    if isinstance(value, list):
        return [without_bearer_links(part) for part in value]
    return value
