"""Bodies, answers and failures of /proxy in OpenAPI, each with a sample."""

from __future__ import annotations

from harvest_bridge.api.description import ANY_OTHER, codes_met, failure, ref
from harvest_bridge.api.envelopes import list_envelope

from .openapi_parts import Json
from .records import COLLECTIONS, kinds, samples
from .resource import Resource

_OF_BODIES = (413, 415)
_STATUSES = (400, 401, 403, 404, 422, 424, 429, 502, 503, 504)
# Met by a write alone: its answer can get lost, and it can have an Idempotency-Key.
_OF_WRITES = {
    "harvest_outcome_unknown",
    "idempotency_key_reused",
    "idempotency_key_in_use",
    "idempotency_outcome_unknown",
}
# Met on other paths: while linking, on /v2, in lists of several pages, and where there is no such path.
_ELSEWHERE = {
    "redirect_uri_not_allowed",
    "harvest_grant_refused",
    "harvest_token_renewed",
    "harvest_too_many_pages",
    "not_found",
    "unknown_resource",
    "method_not_allowed",
}
_CUSTOM: Json = {
    "get": {"result": samples.RECORDS["users"], "next_cursor": None, "prev_cursor": None},
    "post": {"result": samples.RECORDS["tasks"], "next_cursor": None, "prev_cursor": None},
}
_WORDS = {"list": "List", "get": "Read", "create": "Create", "update": "Change", "delete": "Delete"}


def record_of(resource: Resource, does: str = "") -> str:
    """The component of one record, or of what `does` answers instead."""
    collection = COLLECTIONS[resource.name]
    other = collection.answers.get(does)
    return f"{kinds.HARVESTS}{other}" if other else collection.record


def created(resource: Resource, does: str) -> str:
    """A title: `Create time entries`, `Stop time entries (PATCH)`."""
    name = resource.name.replace("_", " ")
    verb, _, method = does.partition("_")
    return f"{method.replace('_', ' ').capitalize()} {name} ({verb.upper()})" if method else f"{_WORDS[does]} {name}"


def body(resource: Resource, does: str) -> Json | None:
    """The request body, None where there is none."""
    collection = COLLECTIONS[resource.name]
    if not getattr(collection, does, ""):
        return None
    shown = (samples.CREATED if does == "create" else samples.UPDATED)[resource.name]
    schema = ref(collection.body(does))
    content: Json = {"application/json": {"schema": schema, "example": shown}}
    if collection.takes_files:
        content["multipart/form-data"] = {"schema": schema}
    return {"required": True, "content": content}


def custom_body(verb: str) -> Json:
    shown = samples.UPDATED["tasks"] if verb in ("put", "patch") else samples.CREATED["tasks"] if verb == "post" else {}
    return {"content": {"application/json": {"schema": ref("CustomBody"), "example": shown}}}


def answer(component: str, shown: Json) -> Json:
    return {"description": "Done.", "content": {"application/json": {"schema": ref(component), "example": shown}}}


def sample_of(name: str, does: str) -> Json:
    if name == "custom":
        return dict(_CUSTOM["get" if does == "get" else "post"])
    _, _, method = does.partition("_")
    record: Json = samples.RECORDS.get(f"{name}.{method or does}", samples.RECORDS[name])
    if does == "list":
        return list_envelope([record], limit=100)
    return {"id": record["id"]} if does == "delete" or method == "external_reference" else record


def failures(*, is_write: bool, has_body: bool = True) -> Json:
    """What can go wrong, by status, with the codes that such a call can meet."""
    statuses = sorted({*_STATUSES, *(_OF_BODIES if is_write and has_body else ())})
    return {str(status): failure(status, _codes(status, is_write=is_write)) for status in statuses} | ANY_OTHER


def _codes(status: int, *, is_write: bool) -> list[str]:
    never = _ELSEWHERE if is_write else _ELSEWHERE | _OF_WRITES | {"parse_error"}
    return [code for code in codes_met(status, "harvest_bridge.proxy.errors") if code not in never]
