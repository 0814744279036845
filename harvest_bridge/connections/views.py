"""REST: link tokens and integrated accounts."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from harvest_bridge.api.callers import HostBackEnd
from harvest_bridge.api.cursors import decode_cursor, encode_cursor
from harvest_bridge.api.description import DELETED
from harvest_bridge.api.envelopes import list_envelope
from harvest_bridge.api.inputs import check_query, limit_from
from harvest_bridge.api.parsers import AnyTypeJsonParser
from harvest_bridge.api.views import CallerView
from harvest_bridge.hosts.models import Scope

from . import capabilities, description, filters, history, queries, renewal, services
from .authentication import ConnectionHolder
from .models import Connection
from .serializers import (
    AccountTokenInput,
    BulkDeleteInput,
    ChangeInput,
    LinkTokenInput,
    RefreshInput,
    integrated_account,
)


class HostView(CallerView[HostBackEnd]):
    """For the host's back end, with the scope that manages connections."""

    accepts = (HostBackEnd,)
    scope = Scope.CONNECTIONS
    tag = description.TAG
    parser_classes = (AnyTypeJsonParser,)

    def connection(self, connection_id: Any) -> Connection:
        """One of the caller's own. Errors: NoSuchConnection."""
        return queries.connection_of(self.caller.host_app, connection_id)


class LinkTokenView(HostView):
    """POST /link-token answers `{"link_token": …}`."""

    @extend_schema(operation_id="create_link_token", request=LinkTokenInput, responses=description.LINK_TOKEN)
    def post(self, request: Request) -> Response:
        asked = LinkTokenInput.validated(request.data)
        renewed = asked.get("integrated_account_id")
        text = services.create_link_token(
            host_app=self.caller.host_app,
            tenant_id=asked.get("tenant_id", ""),
            user_id=asked["user_id"],
            context=asked["context"],
            redirect_uri=asked["redirect_uri"],
            rights=asked["rights"],
            tenant_name=asked["tenant_name"],
            user_name=asked["user_name"],
            relinks=self.connection(renewed) if renewed else None,
            keeps_context=asked["persist_previous_context"],
            allows_another_account=asked["allow_another_account"],
            api_key=self.caller.api_key,
        )
        return Response({"link_token": text})


class IntegratedAccountListView(HostView):
    """GET /integrated-account, newest first, narrowed by any of the parameters."""

    @extend_schema(
        operation_id="list_integrated_accounts",
        parameters=description.FILTERS,
        responses=description.INTEGRATED_ACCOUNTS,
    )
    def get(self, request: Request) -> Response:
        check_query(request, known=(*filters.NAMES, "limit", "next_cursor"))
        limit, wanted = limit_from(request), filters.lookups_from(request)
        list_id = f"integrated-account {self.caller.host_app.pk} {sorted(wanted.items())}"
        rows = queries.connections_of(self.caller.host_app).filter(**wanted)
        after = decode_cursor(request.query_params.get("next_cursor", ""), list_id=list_id)
        if after:
            created_at, last_id = after
            rows = rows.filter(Q(created_at__lt=created_at) | Q(created_at=created_at, id__gt=last_id))
        page = list(rows[: limit + 1])
        has_more, page = len(page) > limit, page[:limit]
        position = [page[-1].created_at.isoformat(), str(page[-1].pk)] if has_more else None
        return Response(
            list_envelope(
                [integrated_account(row) for row in page],
                limit=limit,
                next_cursor=encode_cursor(position, list_id=list_id) if position else None,
            )
        )


class IntegratedAccountView(HostView):
    """GET, PATCH and DELETE /integrated-account/{id}; deleting forgets the tokens at once."""

    @extend_schema(operation_id="get_integrated_account", responses=description.INTEGRATED_ACCOUNT)
    def get(self, request: Request, connection_id: str) -> Response:
        return Response(integrated_account(self.connection(connection_id)))

    @extend_schema(
        operation_id="update_integrated_account", request=ChangeInput, responses=description.INTEGRATED_ACCOUNT
    )
    def patch(self, request: Request, connection_id: str) -> Response:
        changes = ChangeInput.validated(request.data)
        row = services.change(connection=self.connection(connection_id), actor=history.HOST, **changes)
        return Response(integrated_account(row))

    @extend_schema(operation_id="delete_integrated_account", responses={200: DELETED})
    def delete(self, request: Request, connection_id: str) -> Response:
        connection = self.connection(connection_id)
        services.disconnect(connection=connection, actor=history.HOST)
        return Response({"id": str(connection.pk)})


class IntegratedAccountTokenView(HostView):
    """POST /integrated-account/token answers a 15-minute token for one connection."""

    @extend_schema(
        operation_id="create_integrated_account_token", request=AccountTokenInput, responses=description.ACCOUNT_TOKEN
    )
    def post(self, request: Request) -> Response:
        asked = AccountTokenInput.validated(request.data)
        connection = self.connection(asked["integrated_account_id"])
        key = self.caller.api_key
        text = services.create_account_token(connection=connection, api_key=key, scopes=asked["scopes"])
        return Response({"integrated_account_token": text})


class RefreshCredentialsView(HostView):
    """POST /integrated-account/refresh-credentials renews the tokens now, also of one that must be linked again."""

    @extend_schema(operation_id="refresh_credentials", request=RefreshInput, responses=description.SUCCESS)
    def post(self, request: Request) -> Response:
        renewal.refresh_now(self.connection(RefreshInput.validated(request.data)["id"]))
        return Response({"success": True})


class BulkDeleteView(HostView):
    """POST /integrated-account/bulk-delete ends every connection of one tenant."""

    @extend_schema(
        operation_id="bulk_delete_integrated_accounts", request=BulkDeleteInput, responses=description.SUCCESS
    )
    def post(self, request: Request) -> Response:
        tenant_id = BulkDeleteInput.validated(request.data)["query"]["tenant_id"]
        for connection in queries.connections_of(self.caller.host_app).filter(tenant_id=tenant_id):
            services.disconnect(connection=connection, actor=history.HOST)
        return Response({"success": True})


class CapabilitiesView(HostView):
    """GET /integrated-account/{id}/capabilities: what this connection can do, and what it would take to do the rest."""

    @extend_schema(
        operation_id="get_capabilities", parameters=description.CAPABILITY_FILTERS, responses=description.CAPABILITIES
    )
    def get(self, request: Request, connection_id: str) -> Response:
        check_query(request, known=capabilities.FILTERS)
        wanted = {name: request.query_params[name] for name in capabilities.FILTERS if name in request.query_params}
        return Response(capabilities.serialize(self.connection(connection_id), **wanted))


class IntegratedAccountMeView(CallerView[ConnectionHolder]):
    """GET and PATCH /integrated-account/me: the connection that an integrated-account token speaks for."""

    accepts = (ConnectionHolder,)
    scope = Scope.CONNECTIONS
    tag = description.TAG
    parser_classes = (AnyTypeJsonParser,)

    @extend_schema(operation_id="get_my_integrated_account", responses=description.INTEGRATED_ACCOUNT)
    def get(self, request: Request) -> Response:
        return Response(integrated_account(self.caller.connection))

    @extend_schema(
        operation_id="update_my_integrated_account", request=ChangeInput, responses=description.INTEGRATED_ACCOUNT
    )
    def patch(self, request: Request) -> Response:
        changes = ChangeInput.validated(request.data)
        row = services.change(connection=self.caller.connection, actor="integrated-account token", **changes)
        return Response(integrated_account(row))
