"""Every component of insights in the OpenAPI description."""

from __future__ import annotations

from . import description
from .budgets import description as budgets
from .payouts import description as payouts
from .plots import description as plots
from .profitability import description as profitability
from .records import description as records
from .utilization import description as utilization

SCHEMAS = {
    **description.SCHEMAS,
    **records.SCHEMAS,
    **payouts.SCHEMAS,
    **utilization.SCHEMAS,
    **profitability.SCHEMAS,
    **budgets.SCHEMAS,
    **plots.SCHEMAS,
}
