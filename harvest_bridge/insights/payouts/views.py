"""REST: /insights/payouts: periods, and the steps from draft to paid."""

from __future__ import annotations

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from harvest_bridge.api.cursors import decode_cursor, encode_cursor
from harvest_bridge.api.envelopes import list_envelope
from harvest_bridge.api.inputs import check_query, limit_from

from . import description, queries, services
from .base import PayoutsView, PeriodBase
from .exports import file_of
from .presentation import serialize_period, serialize_statement
from .serializers import ExportInput, PaidInput, PeriodInput, StepInput
from .whole_periods import whole_period


class PeriodListView(PayoutsView):
    """GET: the account's periods, newest first. POST plans one, as a draft."""

    @extend_schema(operation_id="list_payouts", parameters=description.PAGES, responses=description.PERIODS)
    def get(self, request: Request) -> Response:
        check_query(request, known=("limit", "next_cursor"))
        limit, list_id = limit_from(request), f"payouts {self.connection.pk}"
        at = decode_cursor(request.query_params.get("next_cursor", ""), list_id=list_id) or 0
        rows = list(queries.periods_of(self.connection)[at : at + limit + 1])
        cursor = encode_cursor(at + limit, list_id=list_id) if len(rows) > limit else None
        return Response(list_envelope([serialize_period(row) for row in rows[:limit]], limit=limit, next_cursor=cursor))

    @extend_schema(operation_id="plan_payout", request=PeriodInput, responses=description.PERIOD)
    def post(self, request: Request) -> Response:
        check_query(request, known=())
        connection = self.connection
        asked = PeriodInput.validated(request.data)
        first, last = asked.pop("from"), asked.pop("to")
        made = services.plan_period(connection=connection, first_day=first, last_day=last, **asked)
        return Response(serialize_period(made))


class PeriodView(PeriodBase):
    """GET: who is in, what each is or would be paid, and what keeps whom from it. DELETE takes back a draft."""

    @extend_schema(operation_id="get_payout", responses=description.WHOLE)
    def get(self, request: Request, period_id: str) -> Response:
        return Response(whole_period(self.period))

    @extend_schema(operation_id="delete_payout", responses=description.DELETED)
    def delete(self, request: Request, period_id: str) -> Response:
        services.delete_period(period=self.period)
        return Response({"id": period_id})


class VerifyView(PeriodBase):
    """POST reads everything again from Harvest, and refuses on any difference."""

    reaches_harvest = True

    @extend_schema(operation_id="verify_payout", request=StepInput, responses=description.WHOLE)
    def post(self, request: Request, period_id: str) -> Response:
        period, by = self.period, StepInput.validated(request.data)["by"]
        services.verify_period(period=period, by=by)
        return Response(whole_period(period))


class CloseView(PeriodBase):
    """POST reads Harvest once more and makes the statements; again answers with the same."""

    reaches_harvest = True

    @extend_schema(operation_id="close_payout", request=StepInput, responses=description.WHOLE)
    def post(self, request: Request, period_id: str) -> Response:
        period, by = self.period, StepInput.validated(request.data)["by"]
        return Response(whole_period(services.close_period(period=period, by=by)))


class ExportView(PeriodBase):
    """POST answers with the period as a file for a payer, and notes who took it."""

    @extend_schema(operation_id="export_payout", request=ExportInput, responses=description.FILE)
    def post(self, request: Request, period_id: str) -> HttpResponse:
        period, asked = self.period, ExportInput.validated(request.data)
        by = asked.pop("by")
        file = file_of(period, **asked)
        services.mark_exported(period=period, by=by, form=asked["format"])
        return file.response()


class PaidView(PeriodBase):
    """POST notes a payment with the payer's reference; the same again changes nothing."""

    @extend_schema(operation_id="mark_payout_paid", request=PaidInput, responses=description.STATEMENTS)
    def post(self, request: Request, period_id: str) -> Response:
        period, asked = self.period, PaidInput.validated(request.data)
        named = queries.statements_named(period, asked["statements"])
        rows = services.mark_paid(period=period, by=asked["by"], reference=asked["reference"], statements=named)
        return Response(list_envelope([serialize_statement(row) for row in rows], limit=len(rows)))
