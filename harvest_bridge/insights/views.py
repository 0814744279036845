"""GET /insights/definitions: which figures there are, by which formula, and which this account can be asked for."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from harvest_bridge.api.envelopes import list_envelope
from harvest_bridge.api.inputs import check_query
from harvest_bridge.connections.models import Connection

from . import description
from .base import InsightsView
from .coverage import coverage_of
from .definitions import Definition, definitions
from .errors import MirrorRequired, StreamNotComplete


class DefinitionListView(InsightsView):
    """GET: every definition with its formula, and what keeps this account from being asked for it."""

    @extend_schema(operation_id="list_insight_definitions", responses=description.DEFINITIONS)
    def get(self, request: Request) -> Response:
        check_query(request, known=())
        shown = [_shown(self.connection, one) for one in definitions()]
        return Response(list_envelope(shown, limit=len(shown)))


def _shown(connection: Connection, definition: Definition) -> dict[str, Any]:
    try:
        coverage_of(connection, needs=definition.needs, uses=definition.uses)
        blocked_by = None
    except (MirrorRequired, StreamNotComplete) as refusal:
        blocked_by = {"code": refusal.code, "message": refusal.message}
    return {
        "of": definition.of,
        **definition.serialize(),
        "formula": definition.formula,
        "needs": list(definition.needs),
        "uses": list(definition.uses),
        "blocked_by": blocked_by,
    }
