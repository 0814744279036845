"""/unified/mappings…: how a host reads and changes the mappings of its layers."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from harvest_bridge.api.callers import HostBackEnd
from harvest_bridge.api.envelopes import list_envelope
from harvest_bridge.api.inputs import MAX_LIMIT, check_query
from harvest_bridge.api.parsers import AnyTypeJsonParser
from harvest_bridge.api.views import CallerView
from harvest_bridge.connections.authentication import connection_for
from harvest_bridge.connections.queries import connection_of
from harvest_bridge.hosts.models import Scope

from . import description, queries, services
from .queries import Layer
from .samples import Trial, sample
from .serializers import MappingInput, PreviewInput, RestoreInput, serialize_mapping


class MappingsView(CallerView[HostBackEnd]):
    """For the host's back end, with the scope that manages connections."""

    accepts = (HostBackEnd,)
    scope = Scope.CONNECTIONS
    tag = description.TAG
    parser_classes = (AnyTypeJsonParser,)

    @property
    def layer(self) -> Layer:
        """The connection's own layer, if one is named. Errors: NoSuchConnection; InvalidRequest."""
        check_query(self.request, known=())
        named = self.request.query_params.get("integrated_account_id", "")
        return Layer(self.caller.host_app, connection_of(self.caller.host_app, named) if named else None)

    @property
    def actor(self) -> str:
        return f"host: {self.caller.api_key.prefix}…"


class MappingListView(MappingsView):
    """Both layers that bear on a connection, or the host app's alone; a connection's mapping wins over the host's."""

    @extend_schema(operation_id="list_mappings", parameters=[description.LAYER], responses=description.MANY)
    def get(self, request: Request) -> Response:
        layer = self.layer
        rows = queries.current_for(layer.connection) if layer.connection else queries.current_in(layer)
        return Response(list_envelope([serialize_mapping(row) for row in rows], limit=MAX_LIMIT))


@extend_schema(parameters=[description.LAYER, description.RESOURCE, description.FIELD])
class MappingView(MappingsView):
    """One field in one layer."""

    @extend_schema(operation_id="get_mapping", responses=description.ONE)
    def get(self, request: Request, resource: str, field: str) -> Response:
        return Response(serialize_mapping(queries.current_of(self.layer, resource=resource, field=field)))

    @extend_schema(operation_id="set_mapping", request=MappingInput, responses=description.ONE)
    def put(self, request: Request, resource: str, field: str) -> Response:
        asked = MappingInput.validated(request.data)
        row = services.set_mapping(
            layer=self.layer,
            resource=resource,
            field=field,
            expression=asked["expression"],
            actor=self.actor,
            based_on=asked["version"],
        )
        return Response(serialize_mapping(row))

    @extend_schema(operation_id="remove_mapping", responses=description.ONE)
    def delete(self, request: Request, resource: str, field: str) -> Response:
        row = services.remove_mapping(layer=self.layer, resource=resource, field=field, actor=self.actor)
        return Response(serialize_mapping(row))


@extend_schema(parameters=[description.LAYER, description.RESOURCE, description.FIELD])
class MappingVersionsView(MappingsView):
    """Every version of one field's mapping, newest first."""

    @extend_schema(operation_id="list_mapping_versions", responses=description.MANY)
    def get(self, request: Request, resource: str, field: str) -> Response:
        services.check_field(resource, field)
        rows = queries.versions_in(self.layer, resource=resource, field=field)[:MAX_LIMIT]
        return Response(list_envelope([serialize_mapping(row) for row in rows], limit=MAX_LIMIT))


@extend_schema(parameters=[description.LAYER, description.RESOURCE, description.FIELD])
class MappingRestoreView(MappingsView):
    """An earlier version once more, as a new one: this is the undo."""

    @extend_schema(operation_id="restore_mapping", request=RestoreInput, responses=description.ONE)
    def post(self, request: Request, resource: str, field: str) -> Response:
        version = RestoreInput.validated(request.data)["version"]
        row = services.restore_version(
            layer=self.layer, resource=resource, field=field, version=version, actor=self.actor
        )
        return Response(serialize_mapping(row))


class MappingPreviewView(MappingsView):
    """What an expression would make of a real record of a connection; nothing is saved."""

    scope = Scope.DIRECTORY  # it shows the record
    reaches_harvest = True

    @extend_schema(
        operation_id="preview_mapping",
        parameters=[description.LAYER],
        request=PreviewInput,
        responses=description.PREVIEW,
    )
    def post(self, request: Request) -> Response:
        asked: dict[str, Any] = PreviewInput.validated(request.data)
        check_query(request, known=())
        connection = connection_for(request)
        layer = Layer(connection.host_app, connection)
        resource, field, expression = asked["resource"], asked["field"], asked["expression"]
        services.check_expression(layer=layer, resource=resource, field=field, expression=expression)
        record = sample(connection, resource=resource, record_id=asked["id"])
        trial = Trial(owner=layer.owner, resource=resource, field=field, record=record)
        return Response({**trial.of(expression), "record": record})
