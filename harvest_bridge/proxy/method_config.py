"""`methodConfig`: a body key that restates method, query and body for one call (truto-wire §3), without its JSONata."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from harvest_bridge.api.errors import InvalidRequest

NAME = "methodConfig"
VERBS = ("GET", "POST", "PUT", "PATCH", "DELETE")
_KNOWN = ("method", "query", "body")
Query = dict[str, list[str]]


def with_config(verb: str, query: Query, body: dict[str, Any]) -> tuple[str, Query, dict[str, Any] | None]:
    """The call as it is to be sent; an empty body is none. Errors: InvalidRequest."""
    config = body.pop(NAME, {})
    if not isinstance(config, Mapping):
        raise InvalidRequest(f"{NAME}: must be an object with any of {', '.join(_KNOWN)}.")
    for name in config:
        if name not in _KNOWN:
            raise InvalidRequest(f"{NAME}.{name}: cannot be applied; known are {', '.join(_KNOWN)}.")
    _refuse_expressions(config)
    return (
        _verb(config.get("method", verb)),
        {**query, **_query(config.get("query", {}))},
        _body(config.get("body", body)) or None,
    )


def _refuse_expressions(config: Mapping[str, Any]) -> None:
    for name in ("query", "body"):
        if isinstance(config.get(name), str) or b"{{" in msgspec.json.encode(config.get(name)):
            raise InvalidRequest(f"{NAME}.{name}: JSONata and placeholders are not evaluated; send the values.")


def _verb(verb: Any) -> str:
    name = str(verb).upper().replace("HEAD", "GET")
    if name not in VERBS:
        raise InvalidRequest(f"{NAME}.method: must be one of {', '.join(VERBS)}.")
    return name


def _query(query: Any) -> Query:
    if not isinstance(query, Mapping):
        raise InvalidRequest(f"{NAME}.query: must be an object.")
    listed = {str(name): value if isinstance(value, list) else [value] for name, value in query.items()}
    if any(isinstance(value, dict | list) for values in listed.values() for value in values):
        raise InvalidRequest(f"{NAME}.query: values must be text, numbers, true or false, or lists of them.")
    return {name: [_as_text(value) for value in values] for name, values in listed.items()}


def _as_text(value: Any) -> Any:
    """A number as it was written, the rest as it is."""
    return bytes(value).decode() if isinstance(value, msgspec.Raw) else value


def _body(body: Any) -> dict[str, Any]:
    if not isinstance(body, dict):
        raise InvalidRequest(f"{NAME}.body: must be an object.")
    return body
