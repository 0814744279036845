"""The base class of the portal's views: a session as bearer, called by our own frame alone."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from rest_framework.request import Request

from harvest_bridge.api.views import CallerView
from harvest_bridge.embed.models import PortalSession
from harvest_bridge.invoices.zones import today_in, zone_of
from timer_widget.base import refuse_other_sites

from . import rate_limits
from .authentication import PortalVisitor
from .documents import Portal


class PortalView(CallerView[PortalVisitor]):
    """No cookies are read, so there is no ambient authority to ride; a call from elsewhere is refused all the same."""

    accepts = (PortalVisitor,)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        refuse_other_sites(request)
        super().initial(request, *args, **kwargs)
        if isinstance(request.user, PortalVisitor):
            rate_limits.hold_session(request._request, self.session)
            connection = self.session.connection
            self.count_as(f"{connection.host_app_id} {connection.tenant_id}")

    @property
    def session(self) -> PortalSession:
        return self.caller.session

    @cached_property
    def portal(self) -> Portal:
        return Portal(self.session, today_in(zone_of(self.session.connection_id)))
