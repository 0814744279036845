"""Every model of this app; each question keeps its own in its sub-package."""

from __future__ import annotations

from .budgets.models import BudgetCheck, BudgetSettings, Crossing
from .payouts.models import Book, Line, OpenAdjustment, Payee, PayoutRate, Period, Statement, Step
from .profitability.models import ExchangeRate
from .utilization.models import CapacityStep, Employment, LoadState, UtilizationSettings, WorkTerms

__all__ = [
    "Book",
    "BudgetCheck",
    "BudgetSettings",
    "CapacityStep",
    "Crossing",
    "Employment",
    "ExchangeRate",
    "Line",
    "LoadState",
    "OpenAdjustment",
    "Payee",
    "PayoutRate",
    "Period",
    "Statement",
    "Step",
    "UtilizationSettings",
    "WorkTerms",
]
