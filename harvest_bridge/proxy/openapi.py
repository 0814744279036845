"""/proxy and /custom as OpenAPI 3.1, written from the table of resources."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from .openapi_parts import ANYTHING, CONNECTION, ID, IDEMPOTENCY_KEY, PAGING, PATH, Json
from .queries import WHOLE, Kind
from .resource import Method, Resource, Verb
from .resources import RESOURCES


def paths() -> Json:
    """/proxy, one path for each collection and method, and /custom."""
    found = {path: described for resource in RESOURCES for path, described in _paths_of(resource).items()}
    return found | {"/custom/{path}": {verb: _custom(verb) for verb in ("get", "post", "put", "patch", "delete")}}


def _custom(verb: str) -> Json:
    is_write = verb != "get"
    return {
        "operationId": f"custom_{verb}",
        "tags": ["custom"],
        "description": "Any path of Harvest's API, such as `v2/users/me`, answered as `result`.",
        "parameters": [PATH, CONNECTION, *([IDEMPOTENCY_KEY] if is_write else PAGING)],
        **({"requestBody": {"content": {"application/json": {"schema": ANYTHING}}}} if is_write else {}),
        "responses": {
            "2XX": _answer("Custom", "Done."),
            "default": _answer("Error", "It was not done, or may not be."),
        },
    }


def _paths_of(resource: Resource) -> Json:
    name = resource.name
    found: Json = {
        f"/proxy/{name}": _collection(resource),
        f"/proxy/{name}/{{id}}": _record(resource),
    }
    for method_name, method in resource.methods.items():
        path = f"/proxy/{name}/{{id}}/{method_name}" if method.has_id else f"/proxy/{name}/{method_name}"
        found[path] = _method(resource, method_name, method)
    return {path: described for path, described in found.items() if described}


def _collection(resource: Resource) -> Json:
    verbs, parent = resource.verbs, _parent(resource)
    found: Json = {}
    if Verb.LIST in verbs:
        listed = [*_parent(resource, is_required=resource.alone is None), *_filters(resource), *PAGING]
        found["get"] = _call(resource, "list", "200", "List", listed)
    if Verb.READ_ALL in verbs:
        found["get"] = _call(resource, "get", "200", "Record", parent)
    if Verb.CREATE in verbs:
        found["post"] = _call(resource, "create", "201", "Record", parent, is_write=True, has_body=True)
    if Verb.UPDATE_ALL in verbs:
        found["patch"] = _call(resource, "update", "200", "Record", parent, is_write=True, has_body=True)
    return found


def _record(resource: Resource) -> Json:
    verbs, taken = resource.verbs, [ID, *_parent(resource)]
    found: Json = {}
    if Verb.GET in verbs:
        found["get"] = _call(resource, "get", "200", "Record", taken)
    if Verb.UPDATE in verbs:
        found["patch"] = _call(resource, "update", "200", "Record", taken, is_write=True, has_body=True)
    if Verb.DELETE in verbs:
        found["delete"] = _call(resource, "delete", "200", "Deleted", taken, is_write=True)
    return found


def _method(resource: Resource, name: str, method: Method) -> Json:
    taken = [*([ID] if method.has_id else []), *_parent(resource), *_parameters(method.parameters)]
    answer = "Deleted" if method.verb == "DELETE" else "Record"
    # By POST, as every custom method, and by Harvest's own verb.
    return {
        verb.lower(): _call(resource, f"{verb.lower()}_{name}", "200", answer, taken, is_write=method.verb != "GET")
        for verb in ("POST", method.verb)
    }


def _call(
    resource: Resource,
    does: str,
    status: str,
    answer: str,
    parameters: Iterable[Json],
    *,
    is_write: bool = False,
    has_body: bool = False,
) -> Json:
    body = {"requestBody": {"content": {"application/json": {"schema": ANYTHING}}}} if has_body else {}
    return {
        "operationId": f"proxy_{does}_{resource.name}",
        "tags": [resource.name],
        "parameters": [*parameters, CONNECTION, *([IDEMPOTENCY_KEY] if is_write else [])],
        **body,
        "responses": {status: _answer(answer, "Done."), "default": _answer("Error", "It was not done, or may not be.")},
    }


def _answer(schema: str, words: str) -> Json:
    return {
        "description": words,
        "content": {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}},
    }


def _parent(resource: Resource, *, is_required: bool = True) -> list[Json]:
    if resource.parent is None:
        return []
    return [{"name": resource.parent, "in": "query", "required": is_required, "schema": WHOLE.schema}]


def _filters(resource: Resource) -> list[Json]:
    return [
        {**parameter, "required": parameter["name"] in resource.required} for parameter in _parameters(resource.filters)
    ]


def _parameters(kinds: Mapping[str, Kind]) -> list[Json]:
    return [{"name": name, "in": "query", "schema": kind.schema} for name, kind in kinds.items()]
