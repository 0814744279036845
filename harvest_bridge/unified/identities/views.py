"""REST: /unified/user-directory/identities…, for the host's back end."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from harvest_bridge.api.callers import HostBackEnd
from harvest_bridge.api.cursors import decode_cursor, encode_cursor
from harvest_bridge.api.description import DELETED
from harvest_bridge.api.envelopes import list_envelope
from harvest_bridge.api.errors import NotFound
from harvest_bridge.api.inputs import check_query, limit_from
from harvest_bridge.api.parsers import AnyTypeJsonParser, RowsParser
from harvest_bridge.api.views import CallerView
from harvest_bridge.connections import history
from harvest_bridge.connections.authentication import connection_for
from harvest_bridge.connections.data_views import CONNECTION
from harvest_bridge.connections.models import Connection
from harvest_bridge.hosts.models import Scope

from . import decisions, description, filters, queries, services
from .models import Identity
from .serializers import (
    DecisionInput,
    OverrideInput,
    people_from,
    serialize_event,
    serialize_identity,
    serialize_run,
    spoken_of,
)


class IdentitiesView(CallerView[HostBackEnd]):
    """For API keys that may link accounts, as a match decides who acts as whom, and read the directory, as it shows
    people of Harvest."""

    accepts = (HostBackEnd,)
    scope = (Scope.CONNECTIONS, Scope.DIRECTORY)
    tag = description.TAG
    parameters = (CONNECTION,)
    parser_classes = (AnyTypeJsonParser,)

    @cached_property
    def connection(self) -> Connection:
        """The one that the request names. Errors: MissingConnection, NoSuchConnection."""
        return connection_for(self.request)

    def identity(self, identity_id: str) -> Identity:
        check_query(self.request, known=())
        return queries.identity_of(self.connection, identity_id)

    def serialize(self, rows: list[Identity]) -> list[dict[str, Any]]:
        """Two queries however many rows."""
        users = queries.harvest_users_of(self.connection).filter(harvest_user_id__in=spoken_of(rows))
        known = {user.harvest_user_id: user for user in users}
        return [serialize_identity(row, known) for row in rows]

    def whole(self, identity: Identity) -> Response:
        """One person with their history."""
        events = [serialize_event(event) for event in identity.events.all()]
        return Response({**self.serialize([identity])[0], "history": events})


class IdentityListView(IdentitiesView):
    """GET lists, PUT (or POST) adds and changes."""

    parser_classes = (RowsParser,)

    @extend_schema(operation_id="list_identities", parameters=description.FILTERS, responses=description.IDENTITIES)
    def get(self, request: Request) -> Response:
        check_query(request, known=(*filters.NAMES, "limit", "next_cursor"))
        limit, wanted = limit_from(request), filters.wanted_from(request)
        list_id = f"identities {self.connection.pk} {sorted(wanted.items())}"
        rows = filters.narrowed(queries.identities_of(self.connection), wanted)
        after = decode_cursor(request.query_params.get("next_cursor", ""), list_id=list_id)
        rows = rows.filter(external_id__gt=after) if after is not None else rows
        page = list(rows[: limit + 1])
        has_more, page = len(page) > limit, page[:limit]
        cursor = encode_cursor(page[-1].external_id, list_id=list_id) if has_more else None
        return Response(list_envelope(self.serialize(page), limit=limit, next_cursor=cursor))

    @extend_schema(operation_id="put_identities", request=description.PEOPLE, responses=description.UPLOAD)
    def put(self, request: Request) -> Response:
        check_query(request, known=())
        connection = self.connection  # whose it is comes before what was sent
        people, failed = people_from(request.data)
        done = services.upload(connection=connection, people=people, failed=failed)
        return Response(
            {
                "created": done.created,
                "updated": done.updated,
                "unchanged": done.unchanged,
                "failed": done.failed,
                "matching": serialize_run(done.run) if done.run else None,
            }
        )

    @extend_schema(operation_id="post_identities", request=description.PEOPLE, responses=description.UPLOAD)
    def post(self, request: Request) -> Response:
        return self.put(request)


class IdentityView(IdentitiesView):
    """One person, by our id."""

    @extend_schema(operation_id="get_identity", responses=description.IDENTITY)
    def get(self, request: Request, identity_id: str) -> Response:
        return self.whole(self.identity(identity_id))

    @extend_schema(operation_id="erase_identity", responses={200: DELETED})
    def delete(self, request: Request, identity_id: str) -> Response:
        identity = self.identity(identity_id)
        decisions.erase(identity=identity)
        return Response({"id": identity_id})


class IdentityConfirmView(IdentitiesView):
    @extend_schema(operation_id="confirm_identity", request=DecisionInput, responses=description.IDENTITY)
    def post(self, request: Request, identity_id: str) -> Response:
        asked = DecisionInput.validated(request.data)
        return self.whole(decisions.confirm(identity=self.identity(identity_id), actor=history.HOST, **asked))


class IdentityRejectView(IdentitiesView):
    @extend_schema(operation_id="reject_identity", request=DecisionInput, responses=description.IDENTITY)
    def post(self, request: Request, identity_id: str) -> Response:
        asked = DecisionInput.validated(request.data)
        return self.whole(decisions.reject(identity=self.identity(identity_id), actor=history.HOST, **asked))


class IdentityOverrideView(IdentitiesView):
    @extend_schema(operation_id="override_identity", request=OverrideInput, responses=description.IDENTITY)
    def post(self, request: Request, identity_id: str) -> Response:
        asked = OverrideInput.validated(request.data)
        row = decisions.override(
            identity=self.identity(identity_id),
            actor=history.HOST,
            harvest_user_id=asked["harvest_user_id"],
            takes_over=asked["take_over"],
        )
        return self.whole(row)


class MatchingView(IdentitiesView):
    """The latest run and how far it is; POST starts one."""

    @extend_schema(operation_id="get_identity_matching", responses={200: description.RUN})
    def get(self, request: Request) -> Response:
        check_query(request, known=())
        run = queries.latest_run_of(self.connection)
        if run is None:
            raise NotFound("Nobody has been matched on this connection yet; upload people first.")
        return Response(serialize_run(run))

    @extend_schema(operation_id="start_identity_matching", request=None, responses={202: description.RUN})
    def post(self, request: Request) -> Response:
        check_query(request, known=())
        return Response(serialize_run(services.start_matching(connection=self.connection)), status=202)
