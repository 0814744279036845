"""What every view of the mirror shares: whose mirror, which stream, how fresh."""

from __future__ import annotations

from functools import cached_property
from typing import Any, ClassVar

from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request

from harvest_bridge.api.query_lists import parsed_query
from harvest_bridge.connections.data_views import CONNECTION, DataView
from harvest_bridge.hosts.models import Scope
from harvest_bridge.mirror import queries
from harvest_bridge.mirror.models import Mirror, Stream
from harvest_bridge.mirror.resources import Resource


class MirrorView(DataView):
    """Rows of ours: Harvest is asked only where `max_age` says so."""

    scope = Scope.HARVEST
    tag = "Mirror"
    parameters: ClassVar[tuple[OpenApiParameter, ...]] = (CONNECTION,)
    reaches_harvest = False

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Whose account it is comes before what is asked of it, so that strangers learn nothing by their mistakes."""
        super().initial(request, *args, **kwargs)
        _ = self.connection

    @cached_property
    def given(self) -> dict[str, Any]:
        return parsed_query(self.request.META.get("QUERY_STRING", ""))

    @cached_property
    def mirror(self) -> Mirror:
        """Errors: NotMirrored."""
        return queries.mirror_of(self.connection)

    @cached_property
    def resource(self) -> Resource:
        """Errors: UnknownMirrorResource."""
        return queries.resource_named(self.kwargs["resource"])

    def stream(self) -> Stream:
        """Errors: NotMirrored."""
        return queries.stream_of(self.mirror, self.resource.name)
