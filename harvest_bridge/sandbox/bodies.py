"""Request bodies: JSON, or a form with Rails' brackets (`external_reference[id]=7`)."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qsl

import msgspec

from harvest_bridge.sandbox.errors import bad_request


def read_body(content_type: str, body: bytes) -> dict[str, Any]:
    """Errors: 400 for JSON that does not parse. JSON that is no object counts as empty."""
    if not body:
        return {}
    kind = content_type.partition(";")[0].strip().lower()
    if kind == "application/x-www-form-urlencoded":
        return nest(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))
    if not (kind == "application/json" or kind.endswith("+json")):
        return {}
    try:
        value = msgspec.json.decode(body)
    except msgspec.DecodeError:
        raise bad_request() from None
    return value if isinstance(value, dict) else {}


def nest(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """`a[b]=1&c[]=2&c[]=3` as `{"a": {"b": "1"}, "c": ["2", "3"]}`."""
    result: dict[str, Any] = {}
    for name, value in pairs:
        keys = re.findall(r"[^\[\]]+|(?<=\[)(?=\])", name)
        if keys:
            _put(result, keys, value)
    return result


def _put(target: dict[str, Any], keys: list[str], value: Any) -> None:
    first, *rest = keys
    if not rest:
        target[first] = value
    elif rest == [""]:
        target.setdefault(first, []).append(value)
    else:
        inner = target.setdefault(first, {})
        if isinstance(inner, dict):
            _put(inner, rest, value)
