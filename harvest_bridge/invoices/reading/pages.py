"""One page of invoices or estimates, with the cursors that lead on and back, and what each record is shown with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from harvest_bridge.api.cursors import decode_cursor, encode_cursor
from harvest_bridge.api.envelopes import list_envelope
from harvest_bridge.connections.models import Connection
from harvest_bridge.invoices.payments.queries import payments_of
from harvest_bridge.invoices.records import Json, decoded, text_in
from harvest_bridge.mirror.models import Mirror, Record, Stream
from harvest_bridge.mirror.reading.presentation import moment
from harvest_bridge.mirror.reading.sorting import Sorting
from harvest_bridge.mirror.streams import serialize_stream

from .filters import Narrowed
from .presentation import Around

Serialize = Callable[[Json, Around], Json]


@dataclass(frozen=True)
class Beside:
    """What records of one mirror are shown with, read once for a page."""

    mirror: Mirror
    connection: Connection
    today: date
    may_see_links: bool

    def around(self, rows: Sequence[Record], *, with_payments: bool) -> dict[int, Around]:
        ids = [row.harvest_id for row in rows]
        payments = self._payments(ids) if with_payments else {}
        ours = self._ours(ids) if with_payments else {}
        base = self._link_base() if self.may_see_links else None
        return {
            row.harvest_id: Around(
                today=self.today,
                payments=payments.get(row.harvest_id, ()),
                ours=ours,
                link_base=base,
                deleted_at=row.deleted_at,
            )
            for row in rows
        }

    def _payments(self, ids: Sequence[int]) -> dict[int, list[Json]]:
        found: dict[int, list[Json]] = {}
        rows = Record.objects.filter(stream__mirror=self.mirror, stream__resource="invoice_payments", deleted_at=None)
        for row in rows.filter(parent_id__in=ids).order_by("harvest_id"):
            found.setdefault(row.parent_id or 0, []).append(decoded(row.raw))
        return found

    def _ours(self, ids: Sequence[int]) -> dict[int, str]:
        rows = payments_of(self.connection).filter(invoice_id__in=ids, harvest_payment_id__isnull=False)
        return {number: name for number, name in rows.values_list("harvest_payment_id", "external_id") if number}

    def _link_base(self) -> str:
        """Of the account in Harvest, as its company record has it; "" while that is not mirrored."""
        row = Record.objects.filter(stream__mirror=self.mirror, stream__resource="company").first()
        return text_in(decoded(row.raw), "base_uri").rstrip("/") if row else ""


def page_of(
    narrowed: Narrowed, sorting: Sorting, stream: Stream, beside: Beside, show: Serialize, *, cursor: str, limit: int
) -> Json:
    """Errors: InvalidRequest for the cursor of another list."""
    list_id = f"invoices {stream.pk} {sorted(narrowed.texts.items())} {sorting}"
    place = decode_cursor(cursor, list_id=list_id)
    goes_back = bool(place and place[0] == "before")
    rows, has_more = _read(narrowed, sorting, stream, place, goes_back=goes_back, limit=limit)
    has_before, has_after = (has_more, True) if goes_back else (place is not None, has_more)
    around = beside.around(rows, with_payments=stream.resource == "invoices")

    def led(way: str, row: Any) -> str:
        return encode_cursor([way, _plain(row.at), row.harvest_id], list_id=list_id)

    envelope = list_envelope(
        [show(decoded(row.raw), around[row.harvest_id]) for row in rows],
        limit=limit,
        next_cursor=led("after", rows[-1]) if rows and has_after else None,
        prev_cursor=led("before", rows[0]) if rows and has_before else None,
    )
    return envelope | {"as_of": moment(stream.as_of), "stream": serialize_stream(stream)}


def _read(
    narrowed: Narrowed, sorting: Sorting, stream: Stream, place: Any, *, goes_back: bool, limit: int
) -> tuple[list[Any], bool]:
    """The rows in the list's own order, and whether there are more in the direction of reading."""
    ordered = sorting.reversed() if goes_back else sorting
    rows = ordered.ordered(narrowed.rows(stream))
    if place is not None:
        at = datetime.fromisoformat(place[1]) if ordered.key == "updated_at" else place[1]
        rows = ordered.after(rows, at, place[2])
    found = list(rows[: limit + 1])
    kept = found[:limit]
    return (kept[::-1] if goes_back else kept), len(found) > limit


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value
