"""What each call of the directory takes and answers, for programs that build themselves from it (truto-wire §4)."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from harvest_bridge.api.callers import HostBackEnd
from harvest_bridge.api.errors import InvalidRequest, NotFound
from harvest_bridge.api.inputs import check_query
from harvest_bridge.api.views import CallerView
from harvest_bridge.connections.authentication import ConnectionHolder

from . import description
from .body_schemas import body_schema
from .resources import RESOURCES, Call, Resource

Json = dict[str, Any]
DOCUMENTATION = "https://help.getharvest.com/api-v2/"
_FORMATS = ("json", "md")
_ANYTHING = {200: {"type": "object", "additionalProperties": True}}


class MetaView(CallerView[HostBackEnd]):
    """No account is needed: this is about the model."""

    accepts = (HostBackEnd, ConnectionHolder)
    tag = "User directory"


class ModelMetaView(MetaView):
    """GET /unified/meta/user-directory/harvest?format=json|md"""

    @extend_schema(
        operation_id="get_user_directory_meta",
        parameters=[OpenApiParameter("format", {"type": "string", "enum": list(_FORMATS)})],
        responses={(200, "application/json"): _ANYTHING[200], (200, "text/markdown"): str},
    )
    def get(self, request: Request) -> Response | HttpResponse:
        check_query(request, known=("format",))
        wanted = request.query_params.get("format") or "json"
        if wanted not in _FORMATS:
            raise InvalidRequest(f"format: must be {' or '.join(_FORMATS)}, not {wanted[:40]!r}.")
        if wanted == "md":
            return HttpResponse(markdown(), content_type="text/markdown; charset=utf-8")
        resources = {
            name: {method: method_meta(row, method) for method in row.calls} for name, row in RESOURCES.items()
        }
        return Response({"model": "user-directory", "integration": "harvest", "resources": resources})


class MethodMetaView(MetaView):
    """GET /unified/user-directory/{resource}[/harvest]/meta/{method}"""

    @extend_schema(operation_id="get_method_meta", responses=_ANYTHING)
    def get(self, request: Request, resource: str, method: str) -> Response:
        check_query(request, known=())
        row = RESOURCES.get(resource)
        if row is None:
            raise NotFound(f"There is no resource {resource[:40]!r}; there are {', '.join(RESOURCES)}.")
        if method not in row.calls:
            raise NotFound(f"{row.name} has no method {method[:40]!r}; it has {', '.join(row.calls)}.")
        return Response(method_meta(row, method))


class HarvestMethodMetaView(MethodMetaView):
    """The same under the name of the integration, of which we have one."""

    @extend_schema(operation_id="get_harvest_method_meta", responses=_ANYTHING)
    def get(self, request: Request, resource: str, method: str) -> Response:
        return super().get(request, resource, method)


def method_meta(row: Resource, method: str) -> Json:
    """What one method takes and answers.

    Shape: `schema` of the answer, `query_schema`, `request_body_schema` or null; `needs` (null: everybody) is the right
    in Harvest, `needs_for_part` the one that opens a part, such as one's own teammates.
    """
    call = row.calls[method]
    body = row.writing and body_schema(row.writing.takes)
    query = description.query_schema(row) if method == "list" else {"type": "object", "properties": {}}
    return {
        "resource": row.name,
        "method": method,
        "schema": description.schema_of(row),
        "query_schema": query,
        "sort_by": sorted(row.filters) if method == "list" else [],
        "request_body_schema": body if method in ("create", "update") else None,
        "needs": call.needs or None,
        "needs_for_part": call.part or None,
        "documentation_link": DOCUMENTATION,
    }


def _whom(call: Call) -> str:
    """Who may do it, in Harvest's words for rights."""
    part = f"; in part (own teammates or projects): {call.part}" if call.part else ""
    return f"{call.needs or 'everybody'}{part}"


def markdown() -> str:
    """The same to read."""
    lines = ["# User directory, from Harvest", ""]
    for name, row in RESOURCES.items():
        lines += [f"## {name}", "", description.first_line(row), ""]
        lines += [f"- `{method}`: {_whom(call)}" for method, call in row.calls.items()]
        lines += ["", "| field | what |", "| --- | --- |"]
        properties = description.schema_of(row)["properties"]
        lines += [f"| `{field}` | {properties[field].get('description', '')} |" for field in row.fields]
        lines.append("")
    return "\n".join(lines)
