"""REST: /insights/plots/{name}, what a plot is drawn from, and its table as CSV; for our frames, and whoever draws."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from harvest_bridge.api.errors import NotFound
from harvest_bridge.api.inputs import check_query
from harvest_bridge.insights.base import InsightsView

from . import description as described
from .catalogue import PLOTS
from .plot import Plot


class PlotView(InsightsView):
    """GET: data for Chart.js, the table behind it, and what it stands on."""

    @extend_schema(**described.PLOT)
    def get(self, request: Request, name: str) -> Response:
        return Response(self.plot(request, name).serialize())

    def plot(self, request: Request, name: str) -> Plot:
        """Errors: InvalidRequest; NotFound; those of the reports."""
        check_query(request, known=())
        if name not in PLOTS:
            raise NotFound(f"There is no plot {name[:40]!r}; there are {', '.join(PLOTS)}.")
        return PLOTS[name](self.connection)


class PlotFileView(PlotView):
    """GET: the table behind it as CSV."""

    def perform_content_negotiation(self, request: Request, force: bool = False) -> Any:
        """Whatever is accepted: errors are JSON, and the rest is CSV."""
        return super().perform_content_negotiation(request, force=True)

    @extend_schema(**described.FILE)
    def get(self, request: Request, name: str) -> HttpResponse:  # type: ignore[override]
        answer = HttpResponse(self.plot(request, name).as_csv(), content_type="text/csv; charset=utf-8")
        answer["Content-Disposition"] = f'attachment; filename="{name}.csv"'
        return answer
