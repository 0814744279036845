"""`remote_query[…]`: Harvest's own parameters, as it spells them (REFERENCE §4).

What it cannot read it takes for not given, so what they can be is looked at here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from harvest_bridge.api.errors import InvalidRequest

from .filters import parsed_moment

Json = dict[str, Any]
MOMENT = "2026-11-24T06:00:00Z"


@dataclass(frozen=True)
class RemoteParameter:
    """Shape: `schema` is OpenAPI's; `words` complete "must be …"."""

    schema: Json
    fits: Callable[[str], bool]
    words: str


REMOTE_PARAMETERS: Mapping[str, RemoteParameter] = {
    "is_active": RemoteParameter({"type": "boolean"}, lambda text: text in ("true", "false"), "true or false"),
    "updated_since": RemoteParameter(
        {"type": "string", "examples": [MOMENT]},
        lambda text: " " not in text and parsed_moment(text) is not None,
        f"a moment like {MOMENT} (a + in a query is a blank: write it as %2B)",
    ),
    "client_id": RemoteParameter(
        {"type": "string", "examples": ["5735776"]}, lambda text: text.isascii() and text.isdigit(), "an id"
    ),
}


def asked_of_harvest(asked: Any, known: tuple[str, ...]) -> dict[str, str]:
    """What is asked of Harvest in its own words; `known` are the parameters that it takes here.

    Errors: InvalidRequest that names the parameter and what it may be.
    """
    if not isinstance(asked, dict) or not all(isinstance(value, str) for value in asked.values()):
        raise InvalidRequest("remote_query: write it as remote_query[is_active]=true.")
    for name, value in asked.items():
        if name not in known:
            possible = ", ".join(known) or "none"
            raise InvalidRequest(f"remote_query[{name[:40]}]: Harvest's list takes here: {possible}.")
        if value and not REMOTE_PARAMETERS[name].fits(value):
            raise InvalidRequest(f"remote_query[{name}]: must be {REMOTE_PARAMETERS[name].words}, not {value[:40]!r}.")
    return {name: value for name, value in asked.items() if value}
