"""Parses a /proxy request: the resource, the path and the parameters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rest_framework.request import Request

from harvest_bridge.api.credentials import refuse_in_value
from harvest_bridge.api.errors import InvalidRequest
from harvest_bridge.api.query_kinds import WHOLE, Kind
from harvest_bridge.harvest.operations import RawBody

from .body_scan import scan
from .errors import UnknownResource, VerbNotOffered
from .queries import parameters
from .resource import Method, Resource, Verb

PAGING = ("limit", "next_cursor")


@dataclass(frozen=True)
class ProxyRequest:
    """What a request is about: the row, where it stands in Harvest, what goes with it."""

    resource: Resource
    path: str
    query: Mapping[str, str]
    body: dict[str, Any] | RawBody


def asked(request: Request, resource: Resource, verb: Verb) -> ProxyRequest:
    """Errors: VerbNotOffered; InvalidRequest for a parameter that is unknown, wrong or missing."""
    offering = [row for row in (resource, resource.alone) if row is not None and verb in row.verbs]
    if not offering:
        raise VerbNotOffered(f"Harvest cannot {verb.value} {resource.name}; it can {_abilities(resource)}.")
    is_list = verb is Verb.LIST
    known = resource.filters if is_list else {}
    return _asked(request, resource, known, also=PAGING if is_list else (), stands_alone=resource.alone in offering)


def method_of(resource: Resource, name: str) -> Method:
    """Errors: UnknownResource naming the methods there are."""
    if name not in resource.methods:
        known = f"it has {', '.join(resource.methods)}" if resource.methods else "it has none"
        raise UnknownResource(f"{resource.name} has no method {name[:60]!r}; {known}.")
    return resource.methods[name]


def asked_of_method(request: Request, resource: Resource, method: Method) -> ProxyRequest:
    """Errors: InvalidRequest."""
    return _asked(request, resource, method.parameters, also=("id",) if method.has_id else ())


def json_object(request: Request) -> dict[str, Any]:
    """The body; a missing one is empty. Errors: InvalidRequest for JSON that is no object, CredentialsRefused."""
    if not isinstance(request.data, dict):
        raise InvalidRequest("The body must be a JSON object.")
    refuse_in_value(request.data)
    return dict(request.data)


def body_of(request: Request) -> dict[str, Any] | RawBody:
    """What is to be sent: JSON, or a multipart form as it came. Errors: InvalidRequest, CredentialsRefused."""
    if not isinstance(request.data, RawBody):
        return json_object(request)
    scan(request.data.content_type, request.data.content)
    return request.data


def _asked(
    request: Request,
    resource: Resource,
    known: Mapping[str, Kind],
    *,
    also: tuple[str, ...],
    stands_alone: bool = False,
) -> ProxyRequest:
    body = {} if request.method in ("GET", "HEAD") else body_of(request)
    parent = resource.parent
    if parent is None:
        return ProxyRequest(resource, resource.path, _query(request, resource, known, also), body)
    query = _query(request, resource, {**known, parent: WHOLE}, also)
    owner = query.pop(parent, None) or _owner_in(body, resource, parent)
    if owner is not None:
        return ProxyRequest(resource, resource.path.format(**{parent: owner}), query, body)
    if resource.alone is None or not stands_alone:
        raise InvalidRequest(f"{parent}: name whose {resource.name} are meant: {WHOLE.words}.")
    alone = resource.alone
    query = _query(request, alone, alone.filters, (*also, parent))
    return ProxyRequest(alone, alone.path, query, body)


def _owner_in(body: dict[str, Any] | RawBody, resource: Resource, parent: str) -> str | None:
    """In writes the parent may come in the body, as it does where Harvest has no path for it."""
    if isinstance(body, RawBody) or body.get(parent) is None:
        return None
    try:
        return WHOLE.read(str(body.pop(parent)))
    except ValueError as error:
        raise InvalidRequest(f"{parent}: must be {WHOLE.words}.") from error


def _query(request: Request, resource: Resource, known: Mapping[str, Kind], also: tuple[str, ...]) -> dict[str, str]:
    query = parameters(request, known, also=also)
    for name in resource.required:
        if name in known and name not in query:
            raise InvalidRequest(f"{name}: {resource.name} cannot be had without it; it must be {known[name].words}.")
    return query


def _abilities(resource: Resource) -> str:
    verbs = resource.verbs | (resource.alone.verbs if resource.alone else frozenset())
    return ", ".join(verb.value for verb in Verb if verb in verbs)
