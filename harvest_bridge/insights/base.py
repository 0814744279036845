"""What every view of insights shares: whose account, and that Harvest is not asked."""

from __future__ import annotations

from typing import Any, ClassVar

from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request

from harvest_bridge.api.callers import HostBackEnd
from harvest_bridge.connections.data_views import CONNECTION, DataView
from harvest_bridge.hosts.models import Scope

from . import description


class InsightsView(DataView):
    """For API keys and integrated-account tokens with the scope `insights`."""

    scope = Scope.INSIGHTS
    tag = description.TAG
    parameters: ClassVar[tuple[OpenApiParameter, ...]] = (CONNECTION,)
    reaches_harvest = False

    @property
    def may_see_earnings(self) -> bool:
        """What single people earn is for the host's back end alone: an account's token may be in a browser."""
        return isinstance(self.caller, HostBackEnd)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Whose account it is comes before what is asked of it, so that strangers learn nothing by their mistakes."""
        super().initial(request, *args, **kwargs)
        _ = self.connection
