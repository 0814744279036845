"""An example of a plot for the OpenAPI description."""

from __future__ import annotations

from typing import Any

from harvest_bridge.insights.records.openapi_examples import frame

Json = dict[str, Any]

_PLOT: Json = {
    "name": "margins",
    "title": "Margin by client, the last 90 days",
    "says": "0 of 1 lost money; of 0 the margin is unknown.",
    "facts": {"lost": 0, "known": 1, "unknown": 0, "days": 90},
    "days": [],
    "kind": "bar",
    "data": {"labels": ["Meridian Health (USD)"], "datasets": [{"label": "Margin", "data": [50480.0]}]},
    "options": {"indexAxis": "y"},
    "height": 90,
    "key": [],
    "headers": ["Client", "Currency", "Revenue", "Labour cost", "Expenses", "Margin", "Uninvoiced"],
    "rows": [
        [
            {"text": text, "tone": ""}
            for text in ("Meridian Health", "USD", "98230.00", "47750.00", "0.00", "50480.00", "12400.00")
        ]
    ],
}
ANSWERS: dict[str, Json] = {
    "get_insight_plot": frame("harvest", _PLOT, "time_entries", "projects", "clients"),
}
