"""Examples of bodies and answers for the OpenAPI description, by operation."""

from __future__ import annotations

from typing import Any

from harvest_bridge.api.envelopes import list_envelope

Json = dict[str, Any]

ACCOUNT = "3e1c8f1a-6d54-4b0e-9a0e-5a1f7c1d2b3c"
AT = "2026-11-24T06:00:00Z"
COVERAGE: Json = {
    "is_complete": True,
    "streams": {"time_entries": {"state": "complete", "reason": None, "needs": None, "as_of": AT}},
}
_DEFINITION: Json = {
    "of": "payout",
    "name": "contractor_time",
    "version": 1,
    "formula": "Σ over the person's time entries of hours × rate, each rounded half up to the currency's minor unit.",
    "needs": ["time_entries", "users", "company"],
    "uses": [],
    "blocked_by": None,
}
BODIES: dict[str, Json] = {}
ANSWERS: dict[str, Json] = {
    "list_insight_definitions": list_envelope([_DEFINITION], limit=1),
}
