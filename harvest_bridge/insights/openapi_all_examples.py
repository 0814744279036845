"""The examples of every question, by operation."""

from __future__ import annotations

from . import openapi_examples as own
from .budgets import openapi_examples as budgets
from .profitability import openapi_examples as profitability
from .records import openapi_examples as records
from .utilization import openapi_examples as utilization

BODIES = {**own.BODIES, **utilization.BODIES, **profitability.BODIES, **budgets.BODIES}
ANSWERS = {**own.ANSWERS, **records.ANSWERS, **utilization.ANSWERS, **profitability.ANSWERS, **budgets.ANSWERS}
