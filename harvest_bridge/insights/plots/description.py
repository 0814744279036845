"""Plots in the OpenAPI description."""

from __future__ import annotations

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse

from harvest_bridge.api.description import ref
from harvest_bridge.insights.description import COUNT, DAY, TEXT, answer_of, whole

Json = dict[str, Any]

_CELL = whole({"text": TEXT, "tone": {**TEXT, "description": "A band of utilization, `loss`, or empty."}})
_OPEN: Json = {"type": "object", "additionalProperties": True}
SCHEMAS: Json = {
    "InsightPlot": answer_of(
        {
            "name": TEXT,
            "title": TEXT,
            "says": {**TEXT, "description": "What is to be seen, in words."},
            "facts": {"type": "object", "additionalProperties": COUNT, "description": "The numbers in `says`."},
            "days": {"type": "array", "items": DAY, "description": "Of its columns, or along its axis."},
            "kind": {"enum": ["bar", "line"]},
            "data": {**_OPEN, "description": "For Chart.js."},
            "options": {**_OPEN, "description": "For Chart.js."},
            "height": {**COUNT, "description": "Pixels."},
            "key": {"type": "array", "items": whole({"name": TEXT, "color": TEXT})},
            "headers": {"type": "array", "items": TEXT},
            "rows": {"type": "array", "items": {"type": "array", "items": _CELL}},
        }
    )
}
_NAME = OpenApiParameter(
    "name",
    str,
    OpenApiParameter.PATH,
    description="`utilization`, `margins` or `budgets`.",
    enum=["utilization", "margins", "budgets"],
)
PLOT: Json = {"operation_id": "get_insight_plot", "parameters": [_NAME], "responses": {200: ref("InsightPlot")}}
FILE: Json = {
    "operation_id": "get_insight_plot_file",
    "parameters": [_NAME],
    "responses": {
        (200, "text/csv"): OpenApiResponse(
            OpenApiTypes.STR, description="The table; its name is in Content-Disposition."
        )
    },
}
