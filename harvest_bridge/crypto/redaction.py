"""Keeps secrets out of logs: by shape for tokens in text, by name for fields."""

from __future__ import annotations

import re
from collections.abc import Mapping, MutableMapping
from typing import Any

HIDDEN = "[hidden]"

_SECRET_SHAPES = re.compile(
    r"""(?xi)
    hb_(?:live|iat|ts|link)_[\w-]{8,}             # our own tokens
    | \b\d+\.(?:pt|at|rt)\.[\w-]{6,}               # Harvest's personal, access and refresh tokens
    | eyJ[\w-]{5,}\.[\w-]{5,}\.[\w-]{5,}           # JWTs
    | (?<=bearer\s)[^\s"']{8,}                     # whatever else rides as a bearer token
    | (?<=link_token=)[^\s&"']+ | (?<=access_token=)[^\s&"']+ | (?<=refresh_token=)[^\s&"']+
    | (?<=client_secret=)[^\s&"']+ | (?<=[?&]code=)[^\s&"']+ | (?<=[?&]state=)[^\s&"']+
    """
)
_SECRET_NAMES = re.compile(r"(?i)token|secret|password|authorization|cookie|api_key|encryption")


def redact(text: str) -> str:
    """`text` with every known secret shape hidden."""
    return _SECRET_SHAPES.sub(HIDDEN, text)


def redact_value(value: Any, name: str = "") -> Any:
    """Hide by name where a field is called like a secret, by shape in every string below."""
    if isinstance(value, Mapping):
        return {key: redact_value(item, str(key)) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [redact_value(item, name) for item in value]
    if value is None or isinstance(value, bool | int | float):
        return value
    return HIDDEN if _SECRET_NAMES.search(name) else redact(str(value))


def redact_event(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A structlog processor; the last one before rendering, so that tracebacks are covered too."""
    for key, value in event.items():
        if not key.startswith("_"):
            event[key] = redact_value(value, key)
    return event
