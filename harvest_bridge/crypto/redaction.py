"""Keeps secrets out of logs: by shape for tokens in text, by name for fields.

Much of what is logged was written by strangers, so the work grows with the length of a text and no faster: the text is
cut first, and every pattern takes a run of characters whole or leaves it (possessive quantifiers), so that none is read
twice. `tests/test_pattern_costs.py` times them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, MutableMapping
from typing import Any

HIDDEN = "[hidden]"
MOST_CHARACTERS = 64 * 1024

_SECRET_SHAPES = re.compile(
    r"""(?xi)
    hb_[a-z]{2,12}_[\w-]{8,}+                      # our own tokens: keys, link tokens, sessions, sign-in codes, …
    | \b\d++\.(?:pt|at|rt)\.[\w-]{6,}+             # Harvest's personal, access and refresh tokens
    | (?-i:eyJ)[\w-]{10,}+[\w.-]*+                 # JWTs, whole or cut short
    | (?<=bearer\s)[^\s"']{8,}+                    # whatever else rides as a bearer token
    | (?<=link_token=)[^\s&"']++ | (?<=access_token=)[^\s&"']++ | (?<=refresh_token=)[^\s&"']++
    | (?<=client_secret=)[^\s&"']++ | (?<=[?&]code=)[^\s&"']++ | (?<=[?&]state=)[^\s&"']++
    | (?<=:)[0-9A-Za-z]{6}:[\w-]{43}(?![\w-])      # what vouches for a signed value, such as a kept sign-in
    | (?<=password/reset/key/)[^\s?&"']++          # allauth's links, which ride in the path
    """
)
_SECRET_NAMES = re.compile(r"(?i)token|secret|password|authorization|cookie|api_key|encryption")


def redact(text: str, *, most: int = MOST_CHARACTERS) -> str:
    """`text` with every known secret shape hidden, and without what is beyond its first `most` characters."""
    shown = _SECRET_SHAPES.sub(HIDDEN, text[:most])
    return shown if len(text) <= most else f"{shown}… ({len(text) - most} more characters)"


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
