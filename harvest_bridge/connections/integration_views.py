"""REST: what can be linked here. The shapes are Truto's; there is one entry of each."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from harvest_bridge.api.envelopes import list_envelope
from harvest_bridge.api.inputs import check_query, limit_from

from . import description, integrations
from .integrations import INSTALLED_FILTERS, INTEGRATION_FILTERS
from .views import HostView


class IntegrationListView(HostView):
    """GET /integration: the one definition, Harvest's."""

    @extend_schema(
        operation_id="list_integrations", parameters=description.INTEGRATION_FILTERS, responses=description.INTEGRATIONS
    )
    def get(self, request: Request) -> Response:
        check_query(request, known=(*INTEGRATION_FILTERS, "limit", "next_cursor"))
        found = integrations.matching(integrations.integration(self.caller.host_app), request, INTEGRATION_FILTERS)
        return Response(list_envelope(found, limit=limit_from(request)))


class IntegrationView(HostView):
    """GET /integration/harvest"""

    @extend_schema(operation_id="get_integration", responses=description.INTEGRATION)
    def get(self, request: Request, wanted: str) -> Response:
        return Response(integrations.the_one(integrations.integration(self.caller.host_app), wanted))


class EnvironmentIntegrationListView(HostView):
    """GET /environment-integration: Harvest as this host app has it."""

    @extend_schema(
        operation_id="list_environment_integrations",
        parameters=description.INSTALLED_FILTERS,
        responses=description.ENVIRONMENT_INTEGRATIONS,
    )
    def get(self, request: Request) -> Response:
        check_query(request, known=(*INSTALLED_FILTERS, "limit", "next_cursor"))
        entry = integrations.environment_integration(self.caller.host_app)
        return Response(
            list_envelope(integrations.matching(entry, request, INSTALLED_FILTERS), limit=limit_from(request))
        )


class EnvironmentIntegrationView(HostView):
    """GET /environment-integration/{id}: the `environment_integration_id` of every account."""

    @extend_schema(operation_id="get_environment_integration", responses=description.ENVIRONMENT_INTEGRATION)
    def get(self, request: Request, wanted: str) -> Response:
        return Response(integrations.the_one(integrations.environment_integration(self.caller.host_app), wanted))
