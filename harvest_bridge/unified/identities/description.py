"""What identities look like in the OpenAPI description."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiParameter

from harvest_bridge.api.description import PAGING, list_of, ref

from .decisions import DECISIONS
from .matching import Reason
from .models import Basis, Flag, IdentityEvent, IdentityState, MatchingRun
from .serializers import HARVEST_ID, MOST_AT_ONCE, MOST_DECISIONS

Json = dict[str, Any]

TAG = "Identities"
_TEXT: Json = {"type": "string"}
_MAYBE: Json = {"type": ["string", "null"]}
_MOMENT: Json = {"type": "string", "format": "date-time"}
_COUNT: Json = {"type": "integer", "minimum": 0}


def _object(properties: Json, **more: Any) -> Json:
    return {"type": "object", "required": sorted(properties), "properties": properties, **more}


def _list(items: Json) -> Json:
    return {"type": "array", "items": items}


def _or_null(values: list[str]) -> Json:
    return {"enum": [*(value for value in values if value), None]}


_IDENTITY: Json = {
    "id": {"type": "string", "format": "uuid"},
    "external_id": {**_TEXT, "description": "The host's own id of the person: `sub` of its widget tokens."},
    "email": _MAYBE,
    "name": _MAYBE,
    "state": {"enum": IdentityState.values},
    "basis": {**_or_null(Basis.values), "description": "What a match rests on."},
    "flag": {**_or_null(Flag.values), "description": "What became of the matched user in Harvest."},
    "harvest_user": {"oneOf": [ref("IdentityHarvestUser"), {"type": "null"}]},
    "candidates": _list(
        _object(
            {
                "harvest_user": ref("IdentityHarvestUser"),
                "score": {"type": "integer", "minimum": 0, "maximum": 100},
                "reasons": _list({"enum": [str(reason) for reason in Reason]}),
            }
        )
    ),
    "created_at": _MOMENT,
    "updated_at": _MOMENT,
}
_EVENT = _object(
    {
        "what": {"enum": IdentityEvent.What.values},
        "harvest_user_id": _MAYBE,
        "actor": {**_TEXT, "description": "`host`, `worker` or `operator: …`"},
        "at": _MOMENT,
    }
)
_RUN: Json = {
    "id": {"type": "string", "format": "uuid"},
    "status": {"enum": MatchingRun.Status.values},
    "people": _COUNT,
    "compared": _COUNT,
    "counts": {"type": "object", "additionalProperties": _COUNT},
    "error": {"oneOf": [_object({"code": _TEXT, "message": _TEXT}), {"type": "null"}]},
    "created_at": _MOMENT,
    "finished_at": {"type": ["string", "null"], "format": "date-time"},
}
_FAILURE: Json = {"index": _COUNT, "external_id": _MAYBE, "field": _TEXT, "message": _TEXT}
SCHEMAS: Json = {
    "Identity": _object(_IDENTITY),
    "IdentityWithHistory": _object({**_IDENTITY, "history": _list(_EVENT)}),
    "IdentityList": list_of("Identity"),
    "IdentityHarvestUser": _object(
        {"id": _TEXT, "name": _MAYBE, "email": _MAYBE, "status": {"enum": ["active", "archived", "vanished"]}}
    ),
    "IdentityMatching": _object(_RUN),
    "IdentityDecisions": _object(
        {
            "result": _list(
                _object(
                    {
                        "id": _MAYBE,
                        "identity": {"oneOf": [ref("Identity"), {"type": "null"}]},
                        "error": {"oneOf": [_object({"code": _TEXT, "message": _TEXT}), {"type": "null"}]},
                    }
                )
            ),
            "decided": _COUNT,
            "failed": _COUNT,
        }
    ),
    "IdentityUpload": _object(
        {
            "created": _COUNT,
            "updated": _COUNT,
            "unchanged": _COUNT,
            "failed": _list(_object(_FAILURE)),
            "matching": {"oneOf": [ref("IdentityMatching"), {"type": "null"}]},
        }
    ),
}
IDENTITY: dict[int, Json] = {200: ref("IdentityWithHistory")}
IDENTITIES: dict[int, Json] = {200: ref("IdentityList")}
DECIDED: dict[int, Json] = {200: ref("IdentityDecisions")}
UPLOAD: dict[int, Json] = {200: ref("IdentityUpload")}
RUN: Json = ref("IdentityMatching")
PEOPLE: Json = {
    "application/json": {
        "type": "object",
        "required": ["identities"],
        "properties": {
            "identities": {
                "type": "array",
                "maxItems": MOST_AT_ONCE,
                "items": {
                    "type": "object",
                    "required": ["external_id"],
                    "properties": {"external_id": _TEXT, "email": _MAYBE, "name": _MAYBE},
                },
            }
        },
    }
}
DECISIONS_BODY: Json = {
    "application/json": {
        "type": "object",
        "required": ["decisions"],
        "properties": {
            "decisions": {
                "type": "array",
                "maxItems": MOST_DECISIONS,
                "items": {
                    "type": "object",
                    "required": ["id", "decision"],
                    "properties": {
                        "id": {"type": "string", "format": "uuid"},
                        "decision": {"enum": list(DECISIONS)},
                        "harvest_user_id": {**HARVEST_ID, "type": [*HARVEST_ID["type"], "null"]},
                        "take_over": {"type": "boolean", "default": False},
                    },
                },
            }
        },
    }
}
FILTERS = [
    *PAGING,
    OpenApiParameter("state", {"type": "string", "enum": IdentityState.values}),
    OpenApiParameter("flag", {"type": "string", "enum": [value for value in Flag.values if value]}),
    OpenApiParameter("basis", {"type": "string", "enum": [value for value in Basis.values if value]}),
    OpenApiParameter("external_id", str),
    OpenApiParameter("email", str),
    OpenApiParameter("harvest_user_id", {"type": "string", "pattern": "^[0-9]{1,18}$"}),
    OpenApiParameter("q", str, description="Words that stand in the id, the e-mail or the name."),
]
