"""Every model of this app; each question keeps its own in its sub-package."""

from __future__ import annotations

from .utilization.models import CapacityStep, Employment, LoadState, UtilizationSettings, WorkTerms

__all__ = ["CapacityStep", "Employment", "LoadState", "UtilizationSettings", "WorkTerms"]
