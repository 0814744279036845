"""Payouts in the OpenAPI description."""

from __future__ import annotations

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse

from harvest_bridge.api.description import DELETED as GONE
from harvest_bridge.api.description import PAGING, list_of, ref
from harvest_bridge.insights.description import (
    COUNT,
    DAY,
    DECIMAL,
    FLAG,
    MAYBE,
    MAYBE_DECIMAL,
    MAYBE_MOMENT,
    TEXT,
    whole,
)

from .models import CostCurrency, LineKind, Payee, PeriodKind, PeriodState, Policy, RateSource, Step

Json = dict[str, Any]

TAG = "Payouts"
PAGES = list(PAGING)
_ID: Json = {"type": "string", "format": "uuid"}
_MAYBE_ID: Json = {"type": ["integer", "null"]}
_NUMBER: Json = {"type": "integer"}
_TEXTS: Json = {"type": "array", "items": TEXT}
_AMOUNTS: Json = {"type": "array", "items": ref("InsightAmount")}
_NAMED = whole({"id": _MAYBE_ID, "name": TEXT})
_STANDING: Json = {
    "type": ["object", "null"],
    "additionalProperties": True,
    "description": "How the entry stood: `state`, `spent_date`, `hours`, `rate`, `currency`, `amount` …",
}
_FRAME: Json = {
    "as_of": MAYBE_MOMENT,
    "definition": ref("InsightDefinitionUsed"),
    "coverage": ref("InsightCoverage"),
    "missing": {"type": "object", "additionalProperties": COUNT},
}
_STEP = whole(
    {"what": {"enum": Step.What.values}, "by": TEXT, "at": MAYBE_MOMENT, "reference": MAYBE, "statement_id": MAYBE}
)
_WHY = whole({"why": TEXT, "entries": COUNT})
_PERSON = {
    "user_id": _NUMBER,
    "name": TEXT,
    "state": {"enum": ["ready", "blocked", "nothing_due"]},
    "hours": DECIMAL,
    "totals": {"type": ["array", "null"], "items": ref("InsightAmount")},
    "lines": COUNT,
    "adjustments": COUNT,
    "blocked_by": {"type": "array", "items": _WHY},
    "waiting": {"type": "array", "items": whole({"why": TEXT, "entries": COUNT, "hours": DECIMAL})},
    "warnings": _TEXTS,
    "last_period": {"type": ["object", "null"], "additionalProperties": True},
}
_PERIOD = {
    "id": _ID,
    "integrated_account_id": _ID,
    "kind": {"enum": PeriodKind.values},
    "from": DAY,
    "to": DAY,
    "state": {"enum": PeriodState.values},
    "policy": {"enum": Policy.values},
    "rate_source": {"enum": RateSource.values},
    "cost_currency": {"enum": CostCurrency.values},
    "with_expenses": FLAG,
    "people": {"type": "array", "items": _NUMBER, "description": "Harvest users; none: the contractors."},
    "created_by": TEXT,
    "created_at": MAYBE_MOMENT,
    "verified_at": MAYBE_MOMENT,
    "closed_at": MAYBE_MOMENT,
}
_STATEMENT = {
    "id": _ID,
    "sequence": COUNT,
    "period_id": _ID,
    "user_id": _NUMBER,
    "name": TEXT,
    "state": {"enum": ["closed", "exported", "paid"]},
    "hours": DECIMAL,
    "totals": _AMOUNTS,
    "warnings": _TEXTS,
    "lines": COUNT,
    "verified_by": TEXT,
    "closed_by": TEXT,
    "closed_at": MAYBE_MOMENT,
    "sha256": TEXT,
    "previous_sha256": MAYBE,
    "payment_reference": MAYBE,
    "paid_at": MAYBE_MOMENT,
    "paid_by": MAYBE,
}
_LINE = {
    "number": COUNT,
    "kind": {"enum": LineKind.values},
    "resource": {"enum": ["time_entries", "expenses"]},
    "id": {**_NUMBER, "description": "The entry's id in Harvest."},
    "spent_date": DAY,
    "is_late": {**FLAG, "description": "Of a day in an earlier period, which did not pay it."},
    "client": _NAMED,
    "project": _NAMED,
    "task": _NAMED,
    "hours": MAYBE_DECIMAL,
    "rate": MAYBE_DECIMAL,
    "rate_of": {**MAYBE, "description": "`cost_rate`, or `payout_rate:<id>`."},
    "currency": TEXT,
    "amount": DECIMAL,
    "reason": {**MAYBE, "description": "Of an adjustment: `edited`, `rate`, `deleted`, `unapproved` …"},
    "before": _STANDING,
    "after": _STANDING,
}
_RATE = {
    "id": _NUMBER,
    "user_id": _MAYBE_ID,
    "project_id": _MAYBE_ID,
    "task_id": _MAYBE_ID,
    "rate": DECIMAL,
    "currency": TEXT,
    "starts_on": {"type": ["string", "null"], "format": "date"},
    "created_by": TEXT,
    "created_at": MAYBE_MOMENT,
}
_PAYEE = {
    "user_id": _NUMBER,
    "name": TEXT,
    "email": TEXT,
    "receiver_type": {"enum": Payee.ReceiverType.values},
    "iban": {**TEXT, "description": "Its end alone."},
    "bic": TEXT,
}
SCHEMAS: Json = {
    "PayoutPeriod": whole(_PERIOD),
    "PayoutPeriodList": list_of("PayoutPeriod"),
    "PayoutPerson": whole(_PERSON),
    "PayoutStatement": whole(_STATEMENT),
    "PayoutStatementList": list_of("PayoutStatement"),
    "PayoutLine": whole(_LINE),
    "Payout": whole(
        {
            **_FRAME,
            "period": ref("PayoutPeriod"),
            "totals": _AMOUNTS,
            "people": {"type": "array", "items": ref("PayoutPerson"), "description": "Of an open period."},
            "warnings": _TEXTS,
            "statements": {"type": "array", "items": ref("PayoutStatement"), "description": "Of a closed one."},
            "steps": {"type": "array", "items": _STEP},
        },
        optional=tuple(_FRAME),
    ),
    "PayoutStatementWhole": whole(
        {
            "period": ref("PayoutPeriod"),
            "statement": {"oneOf": [ref("PayoutStatement"), {"type": "null"}]},
            "draft": {"oneOf": [ref("PayoutPerson"), {"type": "null"}]},
            "lines": {"type": "array", "items": ref("PayoutLine")},
        }
    ),
    "PayoutRate": whole(_RATE),
    "PayoutRateList": list_of("PayoutRate"),
    "Payee": whole(_PAYEE),
    "PayeeList": list_of("Payee"),
}
PERIOD: dict[int, Json] = {200: ref("PayoutPeriod")}
PERIODS: dict[int, Json] = {200: ref("PayoutPeriodList")}
WHOLE: dict[int, Json] = {200: ref("Payout")}
STATEMENT: dict[int, Json] = {200: ref("PayoutStatementWhole")}
STATEMENTS: dict[int, Json] = {200: ref("PayoutStatementList")}
RATE: dict[int, Json] = {200: ref("PayoutRate")}
RATES: dict[int, Json] = {200: ref("PayoutRateList")}
PAYEE: dict[int, Json] = {200: ref("Payee")}
PAYEES: dict[int, Json] = {200: ref("PayeeList")}
DELETED: dict[int, Json] = {200: GONE}
FILE = {
    (200, "text/csv"): OpenApiResponse(OpenApiTypes.STR, description="The file; its name is in Content-Disposition."),
    (200, "application/xml"): OpenApiTypes.STR,
    (200, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"): OpenApiTypes.BINARY,
    (200, "application/json"): ref("Payout"),
}
PRINT = {(200, "text/html"): OpenApiTypes.STR}
