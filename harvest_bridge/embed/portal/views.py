"""The portal's API, for our own frame: a session, lists, single documents, and a document to keep."""

from __future__ import annotations

from typing import Any, ClassVar

from django.http import HttpResponse
from rest_framework.request import Request
from rest_framework.response import Response

from harvest_bridge.api.inputs import limit_from, refuse_unknown
from harvest_bridge.api.query_lists import parsed_query

from . import rate_limits, sessions
from .base import PortalView
from .documents import ESTIMATES, INVOICES, Documents, parties
from .printing import printable
from .serializers import PortalSessionInput


class PortalSessionView(PortalView):
    """POST: a portal token, once, for a session."""

    authentication_classes = ()
    permission_classes = ()

    def post(self, request: Request) -> Response:
        rate_limits.hold_address(request._request)
        asked = PortalSessionInput.validated(request.data)
        session, text = sessions.begin_session(**asked)
        life = int(sessions.SESSION_LIFE.total_seconds())
        return Response({"session": text, "expires_in": life, **parties(session)})


class PortalSignOutView(PortalView):
    """POST ends the session, for a host that signs its visitor out."""

    is_audited = False

    def post(self, request: Request) -> Response:
        sessions.end_session(session=self.session)
        return Response(status=204)


class DocumentListView(PortalView):
    """GET: the client's own, latest first; `status` narrows them."""

    kind: ClassVar[Documents]

    def get(self, request: Request) -> Response:
        given = parsed_query(request.META.get("QUERY_STRING", ""))
        refuse_unknown(given, known={"status", "limit", "next_cursor"})
        cursor = request.query_params.get("next_cursor", "")
        return Response(self.portal.page(self.kind, given, cursor=cursor, limit=limit_from(request)))


class DocumentView(PortalView):
    """GET: one of them, with its lines and payments."""

    kind: ClassVar[Documents]

    def get(self, request: Request, document_id: str) -> Response:
        refuse_unknown(request.query_params, known=())
        return Response(self.portal.whole(self.kind, document_id))


class PrintView(PortalView):
    """GET: the same as a page to keep or to print, in the language `lang`."""

    kind: ClassVar[Documents]

    def perform_content_negotiation(self, request: Request, force: bool = False) -> Any:
        """Whatever is accepted: errors are JSON, and the rest is a page."""
        return super().perform_content_negotiation(request, force=True)

    def get(self, request: Request, document_id: str) -> HttpResponse:
        refuse_unknown(request.query_params, known=("lang",))
        shown = self.portal.whole(self.kind, document_id)
        return printable(request._request, self.kind.resource.removesuffix("s"), shown, parties(self.session))


class InvoiceListView(DocumentListView):
    kind = INVOICES


class InvoiceView(DocumentView):
    kind = INVOICES


class InvoicePrintView(PrintView):
    kind = INVOICES


class EstimateListView(DocumentListView):
    kind = ESTIMATES


class EstimateView(DocumentView):
    kind = ESTIMATES


class EstimatePrintView(PrintView):
    kind = ESTIMATES
