"""What a period's page in the admin shows: people and what keeps them, or statements; beside the period before."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import Any

from django.db.models import Count, Sum

from harvest_bridge.errors import BridgeError
from harvest_bridge.harvest.currencies import money_text
from harvest_bridge.insights.money import from_micros

from .models import Line, LineKind, Period
from .whole_periods import whole_period

Json = dict[str, Any]
_COLORS = {"ready": "success", "blocked": "danger", "nothing_due": "default"}
_WORDS = {"ready": "Ready", "blocked": "Blocked", "nothing_due": "Nothing due"}
_WHY = {
    "missing_rate": "without a rate",
    "missing_currency": "with a rate in no known currency",
    "unapproved": "not approved",
    "running_timer": "with a running timer",
}


def picture_of(period: Period) -> Json:
    """What cannot be shown now is told instead."""
    try:
        found = whole_period(period)
    except BridgeError as error:
        return {"payout": None, "refusal": error.message}
    rows = [_row(one) for one in found["people"]]
    adjusted = _adjusted(period) if found["statements"] else {}
    found["statements"] = [{**one, "adjusted": adjusted.get(one["user_id"], [])} for one in found["statements"]]
    return {"payout": found, "rows": rows, "refusal": ""}


def _adjusted(period: Period) -> dict[int, list[Json]]:
    """By person: how many lines of their statement are adjustments, and what they come to, by currency."""
    lines = Line.objects.filter(statement__period=period, kind=LineKind.ADJUSTMENT)
    found: dict[int, list[Json]] = defaultdict(list)
    sums = lines.order_by().values_list("statement__user_id", "currency").annotate(Count("pk"), Sum("amount_micros"))
    for user_id, currency, count, micros in sums.order_by("currency"):
        amount = money_text(from_micros(micros), currency)
        found[user_id].append({"count": count, "amount": amount, "currency": currency})
    return found


def _row(one: Json) -> Json:
    return {
        **one,
        "words": _WORDS[one["state"]],
        "color": _COLORS[one["state"]],
        "blocks": [f"{why['entries']} {_entries(why['entries'])} {_WHY[why['why']]}" for why in one["blocked_by"]],
        "waits": [f"{why['hours']} h {_WHY[why['why']]}" for why in one["waiting"]],
        "more": _more(one),
    }


def _entries(count: int) -> str:
    return "entry" if count == 1 else "entries"


def _more(one: Json) -> str:
    """Hours beside the last period: `+4.5 h`."""
    last = one["last_period"]
    if last is None:
        return ""
    return f"{Decimal(one['hours']) - Decimal(last['hours']):+f} h"
