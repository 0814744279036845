"""The examples of every question, by operation."""

from __future__ import annotations

from . import openapi_examples as own
from .budgets import openapi_examples as budgets
from .payouts import openapi_examples as payouts
from .plots import openapi_examples as plots
from .profitability import openapi_examples as profitability
from .records import openapi_examples as records
from .utilization import openapi_examples as utilization

BODIES = {**own.BODIES, **payouts.BODIES, **utilization.BODIES, **profitability.BODIES, **budgets.BODIES}
ANSWERS = {
    **own.ANSWERS,
    **payouts.ANSWERS,
    **records.ANSWERS,
    **utilization.ANSWERS,
    **profitability.ANSWERS,
    **budgets.ANSWERS,
    **plots.ANSWERS,
}
