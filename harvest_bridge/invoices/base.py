"""What every view of invoices shares: whose account, which day it is there, and what of it is mirrored."""

from __future__ import annotations

from datetime import date
from functools import cached_property
from typing import Any

from rest_framework.request import Request

from harvest_bridge.api.callers import HostBackEnd
from harvest_bridge.api.query_lists import parsed_query
from harvest_bridge.connections.data_views import CONNECTION, DataView
from harvest_bridge.hosts.models import Scope
from harvest_bridge.mirror import open_invoices, queries
from harvest_bridge.mirror.models import Mirror, Stream

from .reading.pages import Beside
from .zones import today_in, zone_of

TAG = "Invoices and payments"  # Harvest's own collection is the section "Invoices"


class InvoicesView(DataView):
    """For API keys that may read invoices, and tokens of one account."""

    scope = Scope.INVOICES
    tag = TAG
    parameters = (CONNECTION,)
    reaches_harvest = False

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Whose account it is comes before what is asked of it, so that strangers learn nothing by their mistakes."""
        super().initial(request, *args, **kwargs)
        _ = self.connection

    @cached_property
    def given(self) -> dict[str, Any]:
        return parsed_query(self.request.META.get("QUERY_STRING", ""))

    @cached_property
    def today(self) -> date:
        return today_in(zone_of(self.connection.pk))

    @cached_property
    def mirror(self) -> Mirror:
        """Errors: NotMirrored."""
        mirror = queries.mirror_of(self.connection)
        open_invoices.note_use(mirror)
        return mirror

    def stream(self, resource: str) -> Stream:
        """Errors: NotMirrored."""
        return queries.stream_of(self.mirror, resource)

    @property
    def beside(self) -> Beside:
        # An account's token may be in a browser, and its key may have every scope.
        may_see_links = isinstance(self.caller, HostBackEnd) and self.caller.may(Scope.INVOICE_LINKS)
        return Beside(self.mirror, self.connection, self.today, may_see_links=may_see_links)
