"""GET /insights/entries: the time entries that a figure is made of."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from harvest_bridge.api.cursors import decode_cursor, encode_cursor
from harvest_bridge.api.envelopes import list_envelope
from harvest_bridge.api.inputs import limit_from
from harvest_bridge.insights.coverage import coverage_of
from harvest_bridge.insights.envelope import answer
from harvest_bridge.insights.query_views import AskedView

from . import description
from .definitions import ENTRIES
from .entries import KNOWN, asked_of, page, serialize_entry, total_of


class EntryListView(AskedView):
    """GET: the entries by day, and what all of them add up to."""

    @extend_schema(**description.ENTRIES)
    def get(self, request: Request) -> Response:
        self.check(*KNOWN, "limit", "next_cursor")
        asked, limit = asked_of(self.given), limit_from(request)
        needs = [*ENTRIES.needs, *(["users"] if asked.role or asked.is_contractor is not None else [])]
        needs += ["projects"] if asked.client_ids else []
        coverage = coverage_of(self.connection, needs=needs)
        rows = asked.rows(coverage.mirror)
        query = sorted((name, str(value)) for name, value in self.given.items() if name not in ("limit", "next_cursor"))
        list_id = f"insight entries {self.connection.pk} {query}"
        found = page(rows, decode_cursor(request.query_params.get("next_cursor", ""), list_id=list_id), limit)
        shown, more = found[:limit], found[limit:]
        cursor = encode_cursor([shown[-1].day, shown[-1].harvest_id], list_id=list_id) if more else None
        entries = [serialize_entry(row, with_cost=self.may_see_earnings) for row in shown]
        body = list_envelope(entries, limit=limit, next_cursor=cursor)
        return Response(answer(coverage, ENTRIES, {"total": total_of(rows), **body}, missing={}))
