"""A statement to print: one person, one page or more, black on white."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.template.loader import render_to_string
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from harvest_bridge.api.inputs import whole_number

from . import description
from .base import PeriodBase
from .models import Period
from .whole_periods import whole_statement


class PrintView(PeriodBase):
    """GET: the statement as a page to print."""

    @extend_schema(operation_id="print_payout_statement", responses=description.PRINT)
    def get(self, request: Request, period_id: str, user_id: str) -> HttpResponse:
        return HttpResponse(printed(self.period, whole_number(user_id)))


def printed(period: Period, user_id: int | None) -> str:
    """HTML without scripts. Errors: those of `whole_statement`."""
    found = whole_statement(period, user_id)
    body: dict[str, Any] = found["statement"] or found["draft"]
    adjustments = [line for line in found["lines"] if line["kind"] == "adjustment"]
    lines = [line for line in found["lines"] if line["kind"] != "adjustment"]
    account = period.connection.harvest_account_name
    context = {**found, "body": body, "lines": lines, "adjustments": adjustments, "account": account}
    return render_to_string("insights/payouts/statement.html", context)
