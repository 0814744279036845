"""REST: GET /invoices and /invoices/{id}, the same of estimates, and an account's settings."""

from __future__ import annotations

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from harvest_bridge.api.errors import NotFound
from harvest_bridge.api.inputs import check_query, limit_from, refuse_unknown, whole_number
from harvest_bridge.mirror.models import Record, Stream
from harvest_bridge.mirror.reading.freshness import max_age_of, refreshed
from harvest_bridge.mirror.reading.presentation import moment
from harvest_bridge.mirror.reading.sorting import sorting_of
from harvest_bridge.mirror.resources import BY_NAME
from harvest_bridge.mirror.streams import serialize_stream

from . import description as described
from .base import InvoicesView
from .models import AccountSettings
from .reading.filters import Narrowed, estimates_asked, invoices_asked
from .reading.pages import Serialize, page_of
from .reading.presentation import serialize_estimate, serialize_invoice
from .reading.sums import sums_of
from .records import Json, decoded
from .serializers import InvoiceSettingsInput
from .zones import zone_name_of

_SHOWN: dict[str, Serialize] = {"invoices": serialize_invoice, "estimates": serialize_estimate}
_LIST = {"integrated_account_id", "limit", "next_cursor", "max_age", "sort"}


class DocumentView(InvoicesView):
    """What lists and single ones of both kinds share."""

    resource: ClassVar[str]

    def listed(self, narrowed: Narrowed) -> Json:  # type: ignore[override]
        """One page. Errors: InvalidRequest; NotMirrored; MirrorNotFresh."""
        sorting = sorting_of(BY_NAME[self.resource], self.request.query_params.get("sort", ""))
        limit, max_age = limit_from(self.request), max_age_of(self.request)
        self.fresh = refreshed(self.connection, self.stream(self.resource), max_age)
        cursor = self.request.query_params.get("next_cursor", "")
        return page_of(narrowed, sorting, self.fresh, self.beside, _SHOWN[self.resource], cursor=cursor, limit=limit)

    def single(self, record_id: str) -> Json:
        """Deleted ones too. Errors: InvalidRequest; NotFound; NotMirrored; MirrorNotFresh."""
        refuse_unknown(self.given, known={"integrated_account_id", "max_age"})
        stream = refreshed(self.connection, self.stream(self.resource), max_age_of(self.request))
        record = _record(stream, record_id)
        around = self.beside.around([record], with_payments=self.resource == "invoices")
        shown = _SHOWN[self.resource](decoded(record.raw), around[record.harvest_id])
        return shown | {"as_of": moment(stream.as_of), "stream": serialize_stream(stream)}


class InvoiceListView(DocumentView):
    """GET: invoices with their status, payments and line items, latest first, and the sums of all that fit."""

    resource = "invoices"

    @extend_schema(**described.INVOICE_LIST)
    def get(self, request: Request) -> Response:
        narrowed = invoices_asked(self.given, today=self.today, besides=_LIST)
        page = self.listed(narrowed)
        sums = sums_of(self.mirror, narrowed.rows(self.fresh), narrowed, today=self.today)
        return Response(page | {"sums": sums})


class InvoiceView(DocumentView):
    """GET: one invoice; a deleted one as it was last, with the status `deleted`."""

    resource = "invoices"

    @extend_schema(**described.INVOICE)
    def get(self, request: Request, invoice_id: str) -> Response:
        return Response(self.single(invoice_id))


class EstimateListView(DocumentView):
    """GET: estimates, latest first."""

    resource = "estimates"

    @extend_schema(**described.ESTIMATE_LIST)
    def get(self, request: Request) -> Response:
        return Response(self.listed(estimates_asked(self.given, besides=_LIST)))


class EstimateView(DocumentView):
    """GET: one estimate; a deleted one as it was last."""

    resource = "estimates"

    @extend_schema(**described.ESTIMATE)
    def get(self, request: Request, estimate_id: str) -> Response:
        return Response(self.single(estimate_id))


class SettingsView(InvoicesView):
    """GET, PATCH: in which zone the account's days count."""

    @extend_schema(operation_id="get_invoice_settings", responses=described.SETTINGS)
    def get(self, request: Request) -> Response:
        check_query(request, known=())
        return Response(self._shown())

    @extend_schema(operation_id="set_invoice_settings", request=InvoiceSettingsInput, responses=described.SETTINGS)
    def patch(self, request: Request) -> Response:
        check_query(request, known=())
        asked = InvoiceSettingsInput.validated(request.data)
        AccountSettings.objects.update_or_create(connection=self.connection, defaults=asked)
        return Response(self._shown())

    def _shown(self) -> dict[str, Any]:
        return {
            "integrated_account_id": str(self.connection.pk),
            "timezone": zone_name_of(self.connection.pk),
            "today": self.today.isoformat(),
        }


def _record(stream: Stream, record_id: str) -> Record:
    """Errors: NotFound, which says what the stream is worth."""
    number = whole_number(record_id)
    found = None if number is None else Record.objects.filter(stream=stream, harvest_id=number).first()
    if found is None:
        raise NotFound(
            f"There is no {stream.resource.removesuffix('s')} {record_id[:40]!r} in this account; what is mirrored of "
            f"it is “{stream.state}”.",
            as_of=moment(stream.as_of),
            stream=serialize_stream(stream),
        )
    return found
