"""What all answers of insights share in the OpenAPI description."""

from __future__ import annotations

from typing import Any

from harvest_bridge.api.description import list_of, ref

Json = dict[str, Any]

TAG = "Insights"
TEXT: Json = {"type": "string"}
MAYBE: Json = {"type": ["string", "null"]}
MAYBE_MOMENT: Json = {"type": ["string", "null"], "format": "date-time"}
COUNT: Json = {"type": "integer", "minimum": 0}
FLAG: Json = {"type": "boolean"}
DAY: Json = {"type": "string", "format": "date"}
DECIMAL: Json = {"type": "string", "pattern": r"^-?\d+(\.\d+)?$", "description": "A decimal number, exact."}
MAYBE_DECIMAL: Json = {"type": ["string", "null"], "description": "A decimal number, exact; null: unknown."}


def whole(properties: Json, *, optional: tuple[str, ...] = ()) -> Json:
    """An object whose properties are all there, but for those named."""
    required = [name for name in properties if name not in optional]
    return {"type": "object", "required": required, "properties": properties}


def answer_of(properties: Json) -> Json:
    """The frame of `envelope.answer` around these."""
    return whole(
        {
            "as_of": {**MAYBE_MOMENT, "description": "Every change in Harvest up to then is in."},
            "definition": ref("InsightDefinitionUsed"),
            "coverage": ref("InsightCoverage"),
            "missing": {
                "type": "object",
                "additionalProperties": COUNT,
                "description": "What could not be counted, by name: `entries_without_cost_rate`.",
            },
            **properties,
        }
    )


_STREAM = whole(
    {
        "state": {"enum": ["complete", "partial", "forbidden", "off", "failing"]},
        "reason": MAYBE,
        "needs": {**MAYBE, "description": "The right in Harvest that would open it."},
        "as_of": MAYBE_MOMENT,
    }
)
SCHEMAS: Json = {
    "InsightDefinitionUsed": whole({"name": TEXT, "version": COUNT}),
    "InsightCoverage": whole({"is_complete": FLAG, "streams": {"type": "object", "additionalProperties": _STREAM}}),
    "InsightAmount": whole({"currency": TEXT, "amount": DECIMAL}),
    "InsightDefinition": whole(
        {
            "of": TEXT,
            "name": TEXT,
            "version": COUNT,
            "formula": TEXT,
            "needs": {"type": "array", "items": TEXT},
            "uses": {"type": "array", "items": TEXT},
            "blocked_by": {
                "type": ["object", "null"],
                "properties": {"code": TEXT, "message": TEXT},
                "description": "What a question by this definition would be refused with now.",
            },
        }
    ),
    "InsightDefinitionList": list_of("InsightDefinition"),
}
DEFINITIONS: dict[int, Json] = {200: ref("InsightDefinitionList")}
