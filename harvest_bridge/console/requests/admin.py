"""The request log, to look at."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.contrib import admin
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.decorators import display

from harvest_bridge.api.models import RequestRecord
from harvest_bridge.api.request_log.queries import overall_p95, spans_of
from harvest_bridge.hosts.read_only import ReadOnlyAdmin

from .charts import charts_of, format_seconds
from .filters import OfArea, OfConnection, OfHostApp, OfStatus, OfTemplate, Since, minutes_of

_MOST_COUNTED = 10_000
_STATES = {"fine": "success", "refused": "warning", "failed": "danger"}
_MICROSECONDS = 1_000_000
_CALLERS = {
    "api_key": "API key",
    "account_token": "account token",
    "timer_session": "timer",
    "portal_session": "portal",
}


class ShortPaginator(Paginator):  # type: ignore[type-arg]
    """Counts no further than anybody leafs: counting a million rows takes longer than showing a page of them."""

    @cached_property
    def count(self) -> int:
        rows: QuerySet[RequestRecord] = self.object_list  # type: ignore[assignment]
        return rows.order_by()[:_MOST_COUNTED].count()


@admin.register(RequestRecord)
class RequestRecordAdmin(ReadOnlyAdmin):
    list_display = (
        "came",
        "asked",
        "answer",
        "error",
        "whose",
        "whole_time",
        "harvest_time",
        "budget",
        "size",
    )
    list_filter = (Since, OfHostApp, OfConnection, OfStatus, OfArea, OfTemplate)
    list_filter_submit = True
    list_select_related = ("host_app",)
    exclude = ("minute",)  # for the charts
    list_per_page = 50
    list_before_template = "console/request_charts.html"
    list_fullwidth = True
    search_fields = ("=request_id", "=trace_id")
    search_help_text = "A request id, as X-Request-Id told it, or a trace id"
    show_full_result_count = False
    sortable_by = ()
    # The order of their ids is that in which they were written, which is when each ended.
    ordering = ("-minute", "-at", "-id")
    paginator = ShortPaginator

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponseBase:
        response: HttpResponseBase = super().changelist_view(request, extra_context)
        if isinstance(response, TemplateResponse) and response.context_data and "cl" in response.context_data:
            rows, minutes = response.context_data["cl"].queryset, minutes_of(request)
            spans = spans_of(rows, minutes=minutes, now=timezone.now())
            response.context_data["charts"] = charts_of(spans, whole_p95=overall_p95(spans))
        return response

    @display(description="At (UTC)")
    def came(self, row: RequestRecord) -> str:
        return f"{row.at:%d\xa0%b\xa0%H:%M:%S}"

    @display(description="Request")
    def asked(self, row: RequestRecord) -> SafeString:
        return _whole(f"{row.method} {row.template}")

    @display(description="Answer", label=_STATES)
    def answer(self, row: RequestRecord) -> tuple[str, str]:
        return ("fine" if row.status < 400 else "refused" if row.status < 500 else "failed"), str(row.status)

    @display(description="Error")
    def error(self, row: RequestRecord) -> SafeString:
        return _whole(row.code)

    @display(description="Whose")
    def whose(self, row: RequestRecord) -> SafeString:
        parts = (row.host_app.name if row.host_app else "", row.tenant_id, _CALLERS.get(row.caller, row.caller))
        return _whole(", ".join(filter(None, parts)) or "nobody we know")

    @display(description="Time")
    def whole_time(self, row: RequestRecord) -> str:
        return format_seconds(
            (row.own_microseconds + row.waited_microseconds + row.harvest_microseconds) / _MICROSECONDS
        )

    @display(description="Harvest + pacing")
    def harvest_time(self, row: RequestRecord) -> str:
        parts = [format_seconds(part / _MICROSECONDS) for part in (row.harvest_microseconds, row.waited_microseconds)]
        return f"{parts[0]} + {parts[1]}" if row.waited_microseconds else parts[0] if row.harvest_calls else ""

    @display(description="Budget left")
    def budget(self, row: RequestRecord) -> str:
        return "" if row.budget_limit is None else f"{row.budget_remaining} of {row.budget_limit}"

    @display(description="Bytes in / out")
    def size(self, row: RequestRecord) -> str:
        return f"{row.bytes_in:,}\xa0/\xa0{row.bytes_out:,}"


def _whole(text: str) -> SafeString:
    """On one line: a path or a code that is broken in two can neither be read nor copied."""
    return format_html('<span class="whitespace-nowrap">{}</span>', text)
