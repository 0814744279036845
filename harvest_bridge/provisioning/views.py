"""REST: /provisioning/runs and what may be done with one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import Q
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from harvest_bridge.api.cursors import decode_cursor, encode_cursor
from harvest_bridge.api.description import IDEMPOTENCY_KEY, PAGING
from harvest_bridge.api.envelopes import list_envelope
from harvest_bridge.api.errors import InvalidRequest
from harvest_bridge.api.idempotency import once
from harvest_bridge.api.inputs import check_query, limit_from
from harvest_bridge.connections.data_views import CONNECTION, DataView
from harvest_bridge.hosts.models import Scope

from . import description, queries, services
from .models import OPEN, Run, RunStatus
from .presentation import serialize_run, serialize_whole
from .serializers import ContinueInput, RunInput, UndoInput, wanted_of

_FILTERS = (
    OpenApiParameter("status", str, enum=RunStatus.values, description="Only runs that stand so."),
    OpenApiParameter("external_id", str, description="The run of this deal."),
)


class ProvisioningView(DataView):
    """For API keys with the scope for it, and tokens of one account made with such a key."""

    scope = Scope.PROVISIONING
    tag = description.TAG
    parameters = (CONNECTION,)
    reaches_harvest = True

    def once(self, run: Callable[[], Response]) -> Response:
        return once(self.request, host_app=self.connection.host_app, about=str(self.connection.pk), run=run)

    def run(self, run_id: str) -> Run:
        """Errors: NoSuchRun."""
        return queries.run_of(self.connection, run_id)


def answered(run: Run) -> Response:
    """202 while it is under way."""
    return Response(serialize_whole(run), status=202 if run.status in OPEN else 200)


class RunListView(ProvisioningView):
    """GET lists the runs of the account, newest first; POST plans a deal, or begins its run."""

    @extend_schema(operation_id="list_provisioning_runs", parameters=[*_FILTERS, *PAGING], responses=description.RUNS)
    def get(self, request: Request) -> Response:
        check_query(request, known=("status", "external_id", "limit", "next_cursor"))
        wanted = {name: request.query_params.get(name, "") for name in ("status", "external_id")}
        limit, list_id = limit_from(request), f"deals {self.connection.pk} {sorted(wanted.items())}"
        rows = queries.runs_of(self.connection).filter(**_narrowed(wanted))
        after = decode_cursor(request.query_params.get("next_cursor", ""), list_id=list_id)
        if after:
            rows = rows.filter(Q(created_at__lt=after[0]) | Q(created_at=after[0], id__gt=after[1]))
        page = list(rows[: limit + 1])
        has_more, page = len(page) > limit, page[:limit]
        place = [page[-1].created_at.isoformat(), str(page[-1].pk)] if has_more else None
        cursor = encode_cursor(place, list_id=list_id) if place else None
        return Response(list_envelope([serialize_run(run) for run in page], limit=limit, next_cursor=cursor))

    @extend_schema(
        operation_id="provision_deal", request=RunInput, parameters=[IDEMPOTENCY_KEY], responses=description.BEGUN
    )
    def post(self, request: Request) -> Response:
        check_query(request, known=())
        asked = RunInput.validated(request.data)
        return self.once(lambda: self._begun(asked))

    def _begun(self, asked: dict[str, Any]) -> Response:
        run = services.request_run(
            self.connection,
            wanted_of(asked),
            external_id=asked["external_id"],
            dry_run=asked["dry_run"],
            apply_changes=asked["apply_changes"],
        )
        return answered(run if asked["dry_run"] else services.wait_for(run, asked["wait"]))


class RunView(ProvisioningView):
    """GET: one run with its plan, its steps and the addresses of its pages in Harvest."""

    @extend_schema(operation_id="get_provisioning_run", responses=description.RUN)
    def get(self, request: Request, run_id: str) -> Response:
        check_query(request, known=())
        return Response(serialize_whole(self.run(run_id)))


class RunContinueView(ProvisioningView):
    """POST goes on with a run that is blocked, waits or was undone, after planning it anew."""

    @extend_schema(
        operation_id="continue_provisioning_run",
        request=ContinueInput,
        parameters=[IDEMPOTENCY_KEY],
        responses=description.BEGUN,
    )
    def post(self, request: Request, run_id: str) -> Response:
        check_query(request, known=())
        asked = ContinueInput.validated(request.data)
        return self.once(lambda: answered(services.wait_for(services.continue_run(self.run(run_id)), asked["wait"])))


class RunUndoView(ProvisioningView):
    """POST archives or removes what the run made and nobody has used."""

    @extend_schema(
        operation_id="undo_provisioning_run",
        request=UndoInput,
        parameters=[IDEMPOTENCY_KEY],
        responses=description.BEGUN,
    )
    def post(self, request: Request, run_id: str) -> Response:
        check_query(request, known=())
        asked, run = UndoInput.validated(request.data), self.run(run_id)
        if asked["dry_run"]:
            return Response({**serialize_whole(run), "undo": services.undo_plan(run)})
        return self.once(lambda: answered(services.wait_for(services.undo_run(run), asked["wait"])))


def _narrowed(wanted: dict[str, str]) -> dict[str, Any]:
    """Errors: InvalidRequest."""
    if wanted["status"] and wanted["status"] not in RunStatus.values:
        raise InvalidRequest(f"status: must be one of {', '.join(RunStatus.values)}.")
    return {name: value for name, value in wanted.items() if value}
