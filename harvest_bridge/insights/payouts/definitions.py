"""What a payout's figures are."""

from __future__ import annotations

from harvest_bridge.insights.definitions import Definition, register

PAYOUT = register(
    Definition(
        of="payout",
        name="contractor_time",
        version=1,
        formula=(
            "Σ over the person's stopped time entries of unrounded hours × rate, each line rounded half up to the "
            "currency's minor unit; reimbursable expenses as lines of their own; adjustments to earlier statements."
        ),
        needs=("time_entries", "users", "company"),
        uses=("expenses",),
    )
)
