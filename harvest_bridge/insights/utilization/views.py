"""GET /insights/utilization: tracked, billable and available hours, and their shares."""

from __future__ import annotations

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from harvest_bridge.api.inputs import limit_from
from harvest_bridge.insights.envelope import answer
from harvest_bridge.insights.paging import page_of
from harvest_bridge.insights.query_views import AskedView

from . import description
from .definitions import METHODS, OURS
from .now import Now
from .query_parameters import KNOWN, question_of
from .report import Report


class UtilizationView(AskedView):
    """GET: utilization by person, team, role, project or client, whole or by day, week or month."""

    @extend_schema(**description.UTILIZATION)
    def get(self, request: Request) -> Response:
        self.check(*KNOWN, "limit", "next_cursor")
        question = question_of(self.given)
        report = Report(self.connection, question)
        list_id = f"utilization {self.connection.pk} {question.identity}"
        page = page_of(report.lines, report.serialize, request, list_id=list_id, limit=limit_from(request))
        body = {
            "from": question.first,
            "to": question.last,
            "by": question.by,
            "interval": question.interval or None,
            "running_entries": report.running(),
            "total": report.total(),
            "without_capacity": report.without_capacity(),
            **page,
        }
        return Response(answer(report.coverage, question.method.definition, body, missing=report.missing()))


class NowView(AskedView):
    """GET: who works on what, the load of today and of this week, and what is left of them."""

    @extend_schema(**description.NOW)
    def get(self, request: Request) -> Response:
        self.check("limit", "next_cursor")
        now = Now(self.connection, now=timezone.now())
        list_id = f"utilization now {self.connection.pk}"
        page = page_of(now.lines(), now.serialize, request, list_id=list_id, limit=limit_from(request))
        body = {"running_entries": now.running, **page}
        return Response(answer(now.coverage, METHODS[OURS].definition, body, missing={}))
