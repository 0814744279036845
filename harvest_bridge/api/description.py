"""OpenAPI 3.1 of our REST, through drf-spectacular: what is true of every call, so that views say only their own."""

from __future__ import annotations

import http
from collections.abc import Iterable, Iterator
from typing import Any

from drf_spectacular.utils import OpenApiParameter

from harvest_bridge.errors import BridgeError

from .error_examples import OF_THE_FRAMEWORK, examples_of
from .inputs import DEFAULT_LIMIT, MAX_LIMIT

Json = dict[str, Any]

PAGING = (
    OpenApiParameter(
        "limit",
        {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": DEFAULT_LIMIT},
        description="How many records a page holds at most.",
    ),
    OpenApiParameter("next_cursor", str, description="As the page before gave it; empty for the first page."),
)
IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    {"type": "string", "pattern": "^[!-~]{1,255}$"},
    OpenApiParameter.HEADER,
    description="The same write under the same key happens once, and is answered the same for 24 hours.",
)
DELETED: Json = {"type": "object", "required": ["id"], "properties": {"id": {"type": "string"}}}
ANY_OTHER: Json = {
    "default": {
        "description": "Any other failure.",
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}},
    }
}
_MET_EVERYWHERE = tuple(f"harvest_bridge.{app}" for app in ("errors", "api.", "harvest.", "connections."))


def list_of(component: str) -> Json:
    """The list envelope around records of a named component (DESIGN §4.3)."""
    return {
        "type": "object",
        "required": ["result", "next_cursor", "prev_cursor", "result_count", "limit"],
        "properties": {
            "result": {"type": "array", "items": ref(component)},
            "next_cursor": {"type": ["string", "null"]},
            "prev_cursor": {"type": ["string", "null"]},
            "result_count": {"type": "integer", "minimum": 0},
            "limit": {"type": "integer", "minimum": 0, "maximum": MAX_LIMIT},
        },
    }


def ref(component: str) -> Json:
    return {"$ref": f"#/components/schemas/{component}"}


def error() -> Json:
    """The component `Error`. Its codes are listed; a newer bridge may know more."""
    return {
        "type": "object",
        "description": "Every failure, whoever failed. `code` is stable; `message` names the field and the remedy.",
        "required": ["statusCode", "error", "message", "code"],
        "properties": {
            "statusCode": {"type": "integer"},
            "error": {"type": "string", "description": "The status in words."},
            "message": {"type": "string"},
            "code": {
                "description": "One of these; a newer bridge may know more.",
                "anyOf": [{"type": "string", "enum": list(examples())}, {"type": "string"}],
            },
            "fields": {
                "type": "object",
                "additionalProperties": {"type": "string"},
                "description": "What is wrong with each field, where the body was checked.",
            },
            "truto_is_remote_error": {"type": "boolean", "description": "True where Harvest itself refused."},
            "raw_response": {"description": "Harvest's own answer, where there was one."},
        },
        "additionalProperties": True,
    }


def examples() -> Json:
    """One example of each error that a host can meet, by its code."""
    return examples_of(kind for kind in kinds_of(BridgeError) if kind.__module__.startswith("harvest_bridge."))


def codes_met(status: int, area: str) -> list[str]:
    """The codes that callers of `area`, an app or a module, may get with this status."""
    found = {kind.code for kind in kinds_of(BridgeError) if kind.status == status and _is_met(kind, area)}
    return sorted(found | {code for code, own in OF_THE_FRAMEWORK.items() if own == status})


def failure(status: int, codes: Iterable[str]) -> Json:
    """What an error of this status looks like, with an example of each code it may carry."""
    listed = list(codes)
    shown: Json = {"schema": ref("Error")}
    if listed:
        shown["examples"] = {code: {"$ref": f"#/components/examples/{code}"} for code in listed}
    words = f"{http.HTTPStatus(status).phrase}: {', '.join(f'`{code}`' for code in listed)}"
    return {"description": words.rstrip(": "), "content": {"application/json": shown}}


def _is_met(kind: type[BridgeError], area: str) -> bool:
    """Errors of the plumbing and of Harvest are met everywhere, those of a package by its own callers."""
    is_near = kind.__module__.startswith(_MET_EVERYWHERE) or area in (package_of(kind), kind.__module__)
    return is_near and not kind.is_of_pages


def package_of(kind: type[BridgeError]) -> str:
    return kind.__module__.rpartition(".")[0]


def kinds_of(kind: type[BridgeError]) -> Iterator[type[BridgeError]]:
    for child in kind.__subclasses__():
        if child.__module__.startswith(("harvest_bridge", "timer_widget")) and "code" in vars(child):
            yield child
        yield from kinds_of(child)
