"""REST: /insights/profitability, and the exchange rates that it converts by."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from harvest_bridge.api.description import DELETED
from harvest_bridge.api.envelopes import list_envelope
from harvest_bridge.api.errors import TokenNotAccepted
from harvest_bridge.api.inputs import limit_from
from harvest_bridge.insights.envelope import answer
from harvest_bridge.insights.paging import page_of
from harvest_bridge.insights.query_views import AskedView

from . import description, services
from .models import ExchangeRate
from .query_parameters import KNOWN, By, question_of
from .report import Report
from .serializers import ExchangeRatesInput, serialize_rate


class ProfitabilityView(AskedView):
    """GET: revenue, labour cost, expenses and margin, by project, client, task, person or month."""

    @extend_schema(**description.PROFITABILITY)
    def get(self, request: Request) -> Response:
        self.check(*KNOWN, "limit", "next_cursor")
        question = question_of(self.given)
        if question.by is By.PERSON and not self.may_see_earnings:
            raise TokenNotAccepted("by: what each person earns is for API keys alone; ask by project, client or month.")
        report = Report(self.connection, question)
        list_id = f"profitability {self.connection.pk} {question}"
        page = page_of(report.lines, report.serialize, request, list_id=list_id, limit=limit_from(request))
        body = {
            "from": question.first,
            "to": question.last,
            "by": question.by,
            "currency": question.currency or None,
            "total": report.total(),
            **page,
        }
        return Response(answer(report.coverage, question.definition, body, missing=report.missing))


class ExchangeRateListView(AskedView):
    """GET, PUT: the rates that amounts are converted by; there are no others."""

    @extend_schema(**description.LIST_RATES)
    def get(self, request: Request) -> Response:
        self.check("limit", "next_cursor")
        rows = list(ExchangeRate.objects.filter(connection=self.connection))
        list_id = f"exchange rates {self.connection.pk}"
        return Response(page_of(rows, serialize_rate, request, list_id=list_id, limit=limit_from(request)))

    @extend_schema(operation_id="set_exchange_rates", request=ExchangeRatesInput, responses=description.RATES)
    def put(self, request: Request) -> Response:
        self.check()
        given = ExchangeRatesInput.validated(request.data)["rates"]
        rows = services.set_rates(connection=self.connection, rates=given)
        return Response(list_envelope([serialize_rate(row) for row in rows], limit=len(rows)))


class ExchangeRateView(AskedView):
    """DELETE: this rate holds no more."""

    @extend_schema(operation_id="delete_exchange_rate", responses={200: DELETED})
    def delete(self, request: Request, rate_id: str) -> Response:
        self.check()
        services.delete_rate(connection=self.connection, rate_id=rate_id)
        return Response({"id": rate_id})
