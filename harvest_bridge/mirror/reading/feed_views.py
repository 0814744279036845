"""GET /mirror/snapshot and the RPDE feed."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import ClassVar

from django.http import HttpResponse
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request

from harvest_bridge.api.inputs import limit_from, refuse_unknown
from harvest_bridge.connections.authentication import connection_of_caller
from harvest_bridge.connections.models import Connection
from harvest_bridge.request_context import note_connection

from . import description as described
from .base import MirrorView
from .changes_page import snapshot_page
from .feed_parameters import only_once, resources_of
from .rpde import rpde_page

_PARAMETERS = {"afterChangeNumber", "feed", "stretch", "limit"}


class SnapshotView(MirrorView):
    """Everything that is alive, page by page, up to a position from which `/mirror/changes` goes on."""

    @extend_schema(**described.SNAPSHOT)
    def get(self, request: Request) -> HttpResponse:
        given = only_once(_pairs(request))
        refuse_unknown(given, known={"resources", "limit", "next_cursor", "integrated_account_id"})
        body = snapshot_page(
            self.mirror,
            resources_of(given.get("resources", "")),
            cursor=given.get("next_cursor", ""),
            limit=limit_from(request),
        )
        return HttpResponse(body, content_type="application/json")


class RpdeView(MirrorView):
    """The feed as RPDE. The account stands in the path, as readers of RPDE make up addresses from the path alone."""

    parameters: ClassVar[tuple[OpenApiParameter, ...]] = ()

    @cached_property
    def connection(self) -> Connection:
        """Errors: MissingConnection, NoSuchConnection, TooManyAtOnce."""
        connection = connection_of_caller(self.caller, self.kwargs["connection_id"])
        note_connection(connection)
        self.count_as(f"{connection.host_app_id} {connection.tenant_id}")
        return connection

    @extend_schema(**described.RPDE)
    def get(self, request: Request, connection_id: str) -> HttpResponse:
        given = only_once(_pairs(request))
        refuse_unknown(given, known={*_PARAMETERS, "resources"})
        return self.page(resources_of(given.get("resources", "")), given)

    def page(self, resources: Sequence[str], given: Mapping[str, str]) -> HttpResponse:
        body = rpde_page(self.mirror, resources, given, address=self.request.get_full_path(), now=time.time())
        return HttpResponse(body, content_type="application/json")


class RpdeResourceView(RpdeView):
    """The feed of one resource, whose items have Harvest's own ids."""

    @extend_schema(**described.RPDE_RESOURCE)
    def get(self, request: Request, connection_id: str, resource: str) -> HttpResponse:  # type: ignore[override]
        given = only_once(_pairs(request))
        refuse_unknown(given, known=_PARAMETERS)
        return self.page([self.resource.name], given)


def _pairs(request: Request) -> list[tuple[str, str]]:
    return [(name, value) for name, values in request.query_params.lists() for value in values]
