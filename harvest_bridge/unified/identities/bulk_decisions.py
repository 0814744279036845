"""Bulk decisions: many in one call, each answered by itself."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from harvest_bridge.api.errors import body_of, bridge_error_of
from harvest_bridge.api.inputs import check_query
from harvest_bridge.api.parsers import RowsParser
from harvest_bridge.api.text_validation import is_readable
from harvest_bridge.connections import history
from harvest_bridge.errors import BridgeError

from . import decisions, description, queries
from .models import Identity
from .serializers import BulkDecisionInput, decisions_from
from .views import IdentitiesView


class DecisionsView(IdentitiesView):
    """In the order that they came, row by row: what cannot be done says why, and holds up nothing else."""

    parser_classes = (RowsParser,)

    @extend_schema(operation_id="decide_identities", request=description.DECISIONS_BODY, responses=description.DECIDED)
    def post(self, request: Request) -> Response:
        check_query(request, known=())
        _ = self.connection  # whose it is comes before what was sent
        outcomes = [self._outcome(row) for row in decisions_from(request.data)]
        decided = [outcome for outcome in outcomes if isinstance(outcome, Identity)]
        shown = iter(self.serialize(decided))
        result = [
            {"id": str(one.pk), "identity": next(shown), "error": None} if isinstance(one, Identity) else one
            for one in outcomes
        ]
        return Response({"result": result, "decided": len(decided), "failed": len(result) - len(decided)})

    def _outcome(self, row: Any) -> Identity | dict[str, Any]:
        try:
            asked = BulkDecisionInput.validated(row)
            return decisions.decide(
                identity=queries.identity_of(self.connection, asked["id"]),
                decision=asked["decision"],
                actor=history.HOST,
                harvest_user_id=asked.get("harvest_user_id"),
                takes_over=asked["take_over"],
            )
        except (BridgeError, ValidationError) as error:
            spoken_of = row.get("id") if isinstance(row, dict) else None
            known = spoken_of[:64] if isinstance(spoken_of, str) and is_readable(spoken_of) else None
            return {"id": known, "identity": None, "error": _told(bridge_error_of(error))}


def _told(error: BridgeError) -> dict[str, Any]:
    """As an answer of its own would say it, without the status."""
    return {name: value for name, value in body_of(error).items() if name not in ("statusCode", "error")}
