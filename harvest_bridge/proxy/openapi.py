"""/proxy and /custom as OpenAPI 3.1, written from the table of resources and the tables of their records."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from harvest_bridge.api.query_kinds import WHOLE, Kind

from .openapi_answers import answer, body, custom_body, failures, record_of, sample_of, title_of
from .openapi_parts import CONNECTION, ID, IDEMPOTENCY_KEY, ME_OR_ID, PAGING, PATH, Json
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
        **({"requestBody": custom_body(verb)} if is_write else {}),
        "responses": {"2XX": answer("Custom", sample_of("custom", verb)), **failures(is_write=is_write)},
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
        found["get"] = _call(resource, "list", f"{record_of(resource)}List", listed)
    if Verb.READ_ALL in verbs:
        found["get"] = _call(resource, "get", record_of(resource), parent)
    if Verb.CREATE in verbs:
        found["post"] = _call(resource, "create", record_of(resource), parent, is_write=True, status="201")
    if Verb.UPDATE_ALL in verbs:
        found["patch"] = _call(resource, "update", record_of(resource, "update"), parent, is_write=True)
    return found


def _record(resource: Resource) -> Json:
    verbs, taken = resource.verbs, [ID, *_parent(resource)]
    found: Json = {}
    if Verb.GET in verbs:
        read = [ME_OR_ID if resource.takes_me else ID, *taken[1:]]
        found["get"] = _call(resource, "get", record_of(resource), read)
    if Verb.UPDATE in verbs:
        found["patch"] = _call(resource, "update", record_of(resource), taken, is_write=True)
    if Verb.DELETE in verbs:
        found["delete"] = _call(resource, "delete", "Deleted", taken, is_write=True)
    return found


def _method(resource: Resource, name: str, method: Method) -> Json:
    taken = [*([ID] if method.has_id else []), *_parent(resource), *_parameters(method.parameters)]
    shown = "Deleted" if method.verb == "DELETE" else record_of(resource, name)
    # By POST, as every custom method, and by Harvest's own verb.
    return {
        verb.lower(): _call(resource, f"{verb.lower()}_{name}", shown, taken, is_write=method.verb != "GET")
        for verb in ("POST", method.verb)
    }


def _call(
    resource: Resource,
    does: str,
    shown: str,
    parameters: Iterable[Json],
    *,
    is_write: bool = False,
    status: str = "200",
) -> Json:
    """Shape: `does` is the verb in the operation's name, `shown` the component of its answer."""
    sent = body(resource, does)
    return {
        "operationId": f"proxy_{does}_{resource.name}",
        "tags": [resource.name],
        "summary": title_of(resource, does),
        "parameters": [*parameters, CONNECTION, *([IDEMPOTENCY_KEY] if is_write else [])],
        **({"requestBody": sent} if sent else {}),
        "responses": {
            status: answer(shown, sample_of(resource.name, does)),
            **failures(is_write=is_write, has_body=bool(sent)),
        },
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
