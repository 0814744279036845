"""Which invoices and estimates of an account a portal session reads: its client's own, once they were sent."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db.models import Q

from harvest_bridge.api.errors import InvalidRequest, NotFound
from harvest_bridge.api.inputs import whole_number
from harvest_bridge.api.query_lists import values_of
from harvest_bridge.embed.models import PortalSession
from harvest_bridge.invoices.reading.filters import Narrowed, estimates_asked, invoices_asked
from harvest_bridge.invoices.reading.pages import Beside, Serialize, page_of
from harvest_bridge.invoices.reading.sums import sums_of
from harvest_bridge.invoices.records import Json, decoded, text_in
from harvest_bridge.invoices.statuses import Status
from harvest_bridge.mirror import open_invoices, queries
from harvest_bridge.mirror.models import Mirror, Record, Stream, StreamState
from harvest_bridge.mirror.reading.presentation import moment
from harvest_bridge.mirror.reading.sorting import sorting_of
from harvest_bridge.mirror.resources import BY_NAME

from . import presentation

_BESIDES = {"limit", "next_cursor"}


@dataclass(frozen=True)
class Documents:
    """Shape: a draft is nobody's yet, so of Harvest's states those in `states` alone are shown, and nothing deleted."""

    resource: str
    states: tuple[str, ...]
    statuses: tuple[str, ...]
    narrowed: Callable[[Mapping[str, Any], date], Narrowed]
    row: Serialize
    whole: Serialize


INVOICES = Documents(
    "invoices",
    states=("open", "paid", "closed"),
    statuses=(Status.OPEN, Status.OVERDUE, Status.PARTIALLY_PAID, Status.PAID, Status.WRITTEN_OFF),
    narrowed=lambda given, today: invoices_asked(given, today=today, besides=_BESIDES),
    row=presentation.invoice_row,
    whole=presentation.whole_invoice,
)
ESTIMATES = Documents(
    "estimates",
    states=("sent", "accepted", "declined"),
    statuses=("sent", "accepted", "declined"),
    narrowed=lambda given, _: estimates_asked(given, besides=_BESIDES),
    row=presentation.estimate_row,
    whole=presentation.whole_estimate,
)


@dataclass(frozen=True)
class Portal:
    """What one session reads, on one day of its account's zone."""

    session: PortalSession
    today: date

    def page(self, kind: Documents, given: Mapping[str, Any], *, cursor: str, limit: int) -> Json:
        """The latest first; of invoices with their sums by currency. Errors: InvalidRequest; NotMirrored."""
        stream, narrowed = self._stream(kind), self._narrowed(kind, given)
        sorting = sorting_of(BY_NAME[kind.resource], "-issue_date")
        page = page_of(narrowed, sorting, stream, self._beside(stream.mirror), kind.row, cursor=cursor, limit=limit)
        del page["stream"]
        page["is_complete"] = stream.state == StreamState.COMPLETE
        if kind is INVOICES:
            page["sums"] = sums_of(stream.mirror, narrowed.rows(stream), narrowed, today=self.today)
        return page

    def whole(self, kind: Documents, document_id: str) -> Json:
        """Errors: NotFound, in the same words for what is not there, not this client's or not sent; NotMirrored."""
        stream, number = self._stream(kind), whole_number(document_id)
        rows = self._narrowed(kind, {}).rows(stream)
        record = None if number is None else rows.filter(harvest_id=number).first()
        if record is None:
            raise NotFound(f"There is no such {kind.resource.removesuffix('s')}.")
        around = self._beside(stream.mirror).around([record], with_payments=kind is INVOICES)
        return kind.whole(decoded(record.raw), around[record.harvest_id]) | {"as_of": moment(stream.as_of)}

    def _narrowed(self, kind: Documents, given: Mapping[str, Any]) -> Narrowed:
        _check_status(kind, given.get("status", ""))
        narrowed = kind.narrowed({**given, "client_id": str(self.session.client_id)}, self.today)
        own = Q(client_id=self.session.client_id, state__in=kind.states)
        return replace(narrowed, records=narrowed.records & own, with_deleted=False)

    def _stream(self, kind: Documents) -> Stream:
        """Errors: NotMirrored."""
        mirror = queries.mirror_of(self.session.connection)
        open_invoices.note_use(mirror)
        return queries.stream_of(mirror, kind.resource)

    def _beside(self, mirror: Mirror) -> Beside:
        return Beside(mirror, self.session.connection, self.today, may_see_links=False)


def parties(session: PortalSession) -> Json:
    """From whom the invoices come and to whom they go, by name; null where that is not known."""
    rows = Record.objects.filter(stream__mirror__connection=session.connection, stream__resource="clients")
    client = rows.filter(harvest_id=session.client_id, deleted_at=None).first()
    return {
        "from": session.connection.harvest_account_name or None,
        "client": text_in(decoded(client.raw), "name") or None if client else None,
    }


def _check_status(kind: Documents, asked: Any) -> None:
    """Errors: InvalidRequest."""
    found = values_of(asked)
    if found is None or not set(found) <= set(kind.statuses):
        raise InvalidRequest(f"status: must be one or several of {', '.join(kind.statuses)}.")
