"""REST: /mirror/streams, /mirror/sync, /mirror/runs, /mirror/settings, /mirror/copy."""

from __future__ import annotations

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from harvest_bridge.api.callers import HostBackEnd
from harvest_bridge.api.description import DELETED
from harvest_bridge.api.envelopes import list_envelope
from harvest_bridge.api.inputs import check_query
from harvest_bridge.connections.authentication import connection_for
from harvest_bridge.connections.data_views import CONNECTION, DataView
from harvest_bridge.connections.models import Connection
from harvest_bridge.hosts.models import Scope

from . import description, preconditions, queries, services, streams
from .claims import OPEN
from .models import Mirror, Run
from .queries import mirror_of
from .resources import RESOURCES
from .serializers import SettingsInput, SyncInput, serialize_run, serialize_settings

_RUNS = 50


class MirrorView(DataView):
    """For API keys that may read Harvest, and tokens of one account."""

    scope = Scope.HARVEST
    tag = description.TAG
    parameters = (CONNECTION,)
    reaches_harvest = False


class StreamListView(MirrorView):
    """GET: what is mirrored of the account, how fresh it is, and what it lacks and why."""

    @extend_schema(operation_id="list_mirror_streams", responses=description.STREAMS)
    def get(self, request: Request) -> Response:
        check_query(request, known=())
        rows = {row.resource: row for row in queries.streams_of(mirror_of(self.connection))}
        shown = [streams.serialize_stream(rows[row.name]) for row in RESOURCES if row.name in rows]
        return Response(list_envelope(shown, limit=len(shown)))


class SyncView(MirrorView):
    """POST reads the account now, and answers with the run: `status` says whether it was over within `wait`."""

    @extend_schema(operation_id="sync_mirror", request=SyncInput, responses=description.SYNCED)
    def post(self, request: Request) -> Response:
        check_query(request, known=())
        asked, connection = SyncInput.validated(request.data), self.connection
        preconditions.require_reading(connection)
        run = services.sync(connection, **asked)
        if run.status in OPEN:
            preconditions.require_reading(connection)  # while it waited
        return Response(serialize_run(run))


class RunListView(MirrorView):
    """GET: the latest passes, newest first, with progress."""

    @extend_schema(operation_id="list_mirror_runs", responses=description.RUNS)
    def get(self, request: Request) -> Response:
        check_query(request, known=())
        rows = Run.objects.filter(mirror=mirror_of(self.connection))[:_RUNS]
        return Response(list_envelope([serialize_run(row) for row in rows], limit=_RUNS))


class SettingsView(MirrorView):
    """GET, PATCH: whether, what and how often; the first PATCH with `is_on` begins the mirror."""

    @extend_schema(operation_id="get_mirror_settings", responses=description.SETTINGS)
    def get(self, request: Request) -> Response:
        check_query(request, known=())
        return Response(serialize_settings(queries.mirror_of_any(self.connection)))

    @extend_schema(operation_id="set_mirror_settings", request=SettingsInput, responses=description.SETTINGS)
    def patch(self, request: Request) -> Response:
        check_query(request, known=())
        connection = self.connection
        mirror = services.begin(connection, **SettingsInput.validated(request.data))
        return Response(serialize_settings(mirror))


class CopyView(MirrorView):
    """DELETE erases the copy at once, of an account that was disconnected too; Harvest keeps everything."""

    @extend_schema(operation_id="erase_mirror", responses={200: DELETED})
    def delete(self, request: Request) -> Response:
        check_query(request, known=())
        connection = self._connection_of_any_age()
        services.erase(queries.mirror_of_any(connection))
        return Response({"id": str(connection.pk)})

    def _connection_of_any_age(self) -> Connection:
        """Errors: those of `connection_for`."""
        caller, named = self.request.user, self.request.query_params.get("integrated_account_id", "")
        if isinstance(caller, HostBackEnd):
            try:
                ended = Mirror.objects.filter(connection__host_app=caller.host_app, connection=UUID(named))
            except ValueError:
                return connection_for(self.request)
            if (mirror := ended.select_related("connection").first()) is not None:
                return mirror.connection
        return connection_for(self.request)
