"""Validates Harvest's query parameters."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from rest_framework.request import Request

from harvest_bridge.api.inputs import refuse_unknown
from harvest_bridge.api.query_kinds import Kind, read_parameter
from harvest_bridge.api.query_lists import parsed_query

# Said to every route, and none of Harvest's business.
OURS = ("integrated_account_id", "truto_body_passthrough")


def parameters(request: Request, known: Mapping[str, Kind], *, also: Iterable[str] = ()) -> dict[str, str]:
    """The parameters that were given, as Harvest gets them; blank ones are left out.

    Errors: InvalidRequest for an unknown one, naming the known; for several values or a wrong one, naming it.
    """
    given = parsed_query(request.META.get("QUERY_STRING", ""))
    refuse_unknown(given, known={*known, *also, *OURS})
    read = {name: read_parameter(name, kind, given[name]) for name, kind in known.items() if name in given}
    return {name: value for name, value in read.items() if value is not None}
