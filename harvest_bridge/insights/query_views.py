"""Views that read their question out of the query string."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from harvest_bridge.api.inputs import refuse_unknown
from harvest_bridge.api.query_lists import parsed_query

from .base import InsightsView


class AskedView(InsightsView):
    """A parameter that cannot be applied is refused, not ignored."""

    @cached_property
    def given(self) -> dict[str, Any]:
        return parsed_query(self.request.META.get("QUERY_STRING", ""))

    def check(self, *known: str) -> None:
        """Errors: InvalidRequest naming the parameter, and those that are known."""
        refuse_unknown(self.given, known={*known, "integrated_account_id"})
