"""Bodies, answers and failures of /proxy in OpenAPI, each with a sample."""

from __future__ import annotations

import re

from harvest_bridge.api.description import ANY_OTHER, codes_met, failure, ref
from harvest_bridge.api.envelopes import list_envelope

from .openapi_parts import Json
from .records import COLLECTIONS, kinds, samples
from .resource import Resource, Verb

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
    "right_not_asked",
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
_VERBS = {"get": "Read", "create": "Create", "update": "Change", "delete": "Delete"}
_METHODS = {"external_reference": "Remove the external reference of", "new": "Propose"}


def record_of(resource: Resource, does: str = "") -> str:
    """The component of one record, or of what `does` answers instead."""
    collection = COLLECTIONS[resource.name]
    other = collection.answers.get(does)
    return f"{kinds.HARVESTS}{other}" if other else collection.record


def title_of(resource: Resource, does: str) -> str:
    """`List time entries`, `Create a time entry`, `Stop a time entry`."""
    if does == "list":
        return f"List {resource.name.replace('_', ' ')}"
    _, _, method = does.partition("_")
    verb = _METHODS.get(method, method.capitalize()) if method else _VERBS[does]
    return f"{verb} {_one(resource)}"


def _one(resource: Resource) -> str:
    """`a time entry`; what has no id of its own is there as a whole."""
    if not resource.verbs.isdisjoint({Verb.READ_ALL, Verb.UPDATE_ALL}):
        return f"the {resource.name}"
    words = re.sub("(?<!^)([A-Z])", r" \1", COLLECTIONS[resource.name].name).lower()
    return f"{'an' if words[0] in 'aeio' else 'a'} {words}"


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
    special = f"{name}.{method or does}"
    record: Json = samples.RECORDS[special if special in samples.RECORDS else name]
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
