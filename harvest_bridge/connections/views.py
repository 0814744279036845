"""REST: link tokens and integrated accounts."""

from __future__ import annotations

from django.db.models import Q
from rest_framework.request import Request
from rest_framework.response import Response

from harvest_bridge.api.callers import HostBackEnd
from harvest_bridge.api.cursors import decode_cursor, encode_cursor
from harvest_bridge.api.envelopes import list_envelope
from harvest_bridge.api.inputs import check_query, limit_from
from harvest_bridge.api.views import CallerView
from harvest_bridge.hosts.models import Scope

from . import queries, services
from .authentication import ConnectionHolder
from .serializers import AccountTokenInput, LinkTokenInput, integrated_account


class HostView(CallerView[HostBackEnd]):
    """For the host's back end, with the scope that manages connections."""

    accepts = (HostBackEnd,)
    scope = Scope.CONNECTIONS


class LinkTokenView(HostView):
    """POST /link-token answers `{"link_token": …}`."""

    def post(self, request: Request) -> Response:
        asked = LinkTokenInput.validated(request.data)
        host_app = self.caller.host_app
        renewed = asked.get("integrated_account_id")
        text = services.create_link_token(
            host_app=host_app,
            tenant_id=asked.get("tenant_id", ""),
            user_id=asked["user_id"],
            context=asked["context"],
            redirect_uri=asked["redirect_uri"],
            relinks=queries.connection_of(host_app, renewed) if renewed else None,
            keeps_context=asked["persist_previous_context"],
        )
        return Response({"link_token": text})


class IntegratedAccountListView(HostView):
    """GET /integrated-account, filtered by tenant_id and status, newest first."""

    filters = ("tenant_id", "status")

    def get(self, request: Request) -> Response:
        check_query(request, known=(*self.filters, "limit", "next_cursor"))
        limit = limit_from(request)
        wanted = {name: request.query_params[name] for name in self.filters if request.query_params.get(name)}
        list_id = f"integrated-account {self.caller.host_app.pk} {sorted(wanted.items())}"
        rows = queries.connections_of(self.caller.host_app).filter(**wanted)
        after = decode_cursor(request.query_params.get("next_cursor", ""), list_id=list_id)
        if after:
            created_at, last_id = after
            rows = rows.filter(Q(created_at__lt=created_at) | Q(created_at=created_at, id__gt=last_id))
        page = list(rows[: limit + 1])
        return Response(
            list_envelope(
                [integrated_account(row) for row in page[:limit]],
                limit=limit,
                next_cursor=encode_cursor(
                    [page[limit - 1].created_at.isoformat(), str(page[limit - 1].pk)], list_id=list_id
                )
                if len(page) > limit
                else None,
            )
        )


class IntegratedAccountView(HostView):
    """GET and DELETE /integrated-account/{id}; deleting forgets the tokens at once."""

    def get(self, request: Request, connection_id: str) -> Response:
        return Response(integrated_account(queries.connection_of(self.caller.host_app, connection_id)))

    def delete(self, request: Request, connection_id: str) -> Response:
        connection = queries.connection_of(self.caller.host_app, connection_id)
        services.disconnect(connection=connection)
        return Response({"id": str(connection.pk)})


class IntegratedAccountTokenView(HostView):
    """POST /integrated-account/token answers a 15-minute token for one connection."""

    def post(self, request: Request) -> Response:
        asked = AccountTokenInput.validated(request.data)
        connection = queries.connection_of(self.caller.host_app, asked["integrated_account_id"])
        return Response({"integrated_account_token": services.create_account_token(connection=connection)})


class IntegratedAccountMeView(CallerView[ConnectionHolder]):
    """GET /integrated-account/me: the connection that an integrated-account token speaks for."""

    accepts = (ConnectionHolder,)

    def get(self, request: Request) -> Response:
        return Response(integrated_account(self.caller.connection))
