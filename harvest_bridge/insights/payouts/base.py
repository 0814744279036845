"""What views of payouts share: the host's back end alone, as they show and move what people earn."""

from __future__ import annotations

from functools import cached_property
from typing import Any, ClassVar

from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request

from harvest_bridge.api.callers import HostBackEnd
from harvest_bridge.api.inputs import check_query
from harvest_bridge.connections.data_views import CONNECTION
from harvest_bridge.insights.base import InsightsView

from . import queries
from .description import TAG
from .models import Period


class PayoutsView(InsightsView):
    """For API keys with the scope `insights`; no token that reaches a browser."""

    accepts = (HostBackEnd,)  # type: ignore[assignment]
    tag = TAG
    parameters: ClassVar[tuple[OpenApiParameter, ...]] = (CONNECTION,)


class PeriodBase(PayoutsView):
    """Of one period."""

    known: ClassVar[tuple[str, ...]] = ()

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        check_query(request, known=self.known)

    @cached_property
    def period(self) -> Period:
        """Errors: NoSuchPayout."""
        return queries.period_of(self.connection, self.kwargs["period_id"])
