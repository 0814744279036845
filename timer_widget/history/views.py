"""GET /timer/history and its CSV: what happened to an item's time, as far as the person may see it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet
from django.http import StreamingHttpResponse
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from harvest_bridge.api.inputs import refuse_unknown
from timer_widget.base import TimerAPIView
from timer_widget.models import Intent
from timer_widget.normalization import normalize_id
from timer_widget.state import iso

from .csv_export import csv_lines
from .presentation import serialize_event
from .queries import Scope, clicks_seen_by, page_of
from .retention import kept_since

_ROWS_AT_ONCE = 500
_PARAMETERS = {"item_id", "group_id", "cursor"}


class TimerHistoryView(TimerAPIView):
    """GET /timer/history?item_id=&group_id=&cursor=: 50 clicks at a time, newest first."""

    def get(self, request: Request) -> Response:
        refuse_unknown(request.query_params, known=_PARAMETERS)
        rows, includes_others = clicks_seen_by(self.caller.session, _scope(request))
        page, after = page_of(rows, request.query_params.get("cursor", ""))
        person = self.caller.person
        events = [serialize_event(click, seen_by=person) for click in page]
        since = iso(kept_since(timezone.now()))
        return Response({"events": events, "next": after, "includes_others": includes_others, "kept_since": since})


class TimerHistoryFileView(TimerAPIView):
    """GET /timer/history.csv?item_id=&group_id=: the same, all of it."""

    def perform_content_negotiation(self, request: Request, force: bool = False) -> Any:
        """Whatever is accepted: errors are JSON, and the rest is CSV."""
        return super().perform_content_negotiation(request, force=True)

    def get(self, request: Request) -> Any:
        refuse_unknown(request.query_params, known=_PARAMETERS - {"cursor"})
        rows, _ = clicks_seen_by(self.caller.session, _scope(request))
        return csv_answer(rows, own_alone=self.caller.person.pk)


def csv_answer(rows: QuerySet[Intent], *, own_alone: int | None = None) -> StreamingHttpResponse:
    """A page of rows is read once what was made of the one before it has been sent."""
    answer = StreamingHttpResponse(_pieces(rows, own_alone), content_type="text/csv; charset=utf-8")
    since = kept_since(timezone.now())
    name = f"timer-history-from-{since:%Y-%m-%d}.csv" if since else "timer-history.csv"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer["Cache-Control"] = "no-store"
    return answer


def _pieces(rows: QuerySet[Intent], own_alone: int | None) -> Iterator[str]:
    after: str | None = ""
    is_first = True
    while after is not None:
        page, after = page_of(rows, after, size=_ROWS_AT_ONCE)
        yield "".join(csv_lines(page, own_alone=own_alone, with_names=is_first))
        is_first = False


def _scope(request: Request) -> Scope:
    query = request.query_params
    return Scope(item_id=normalize_id(query.get("item_id")), group_id=normalize_id(query.get("group_id")))
