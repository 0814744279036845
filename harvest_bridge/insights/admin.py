"""The admin of this app, which each question keeps in its sub-package."""

from __future__ import annotations

from .payouts.period_admin import PeriodAdmin
from .plots.admin import InsightAccountAdmin

__all__ = ["InsightAccountAdmin", "PeriodAdmin"]
