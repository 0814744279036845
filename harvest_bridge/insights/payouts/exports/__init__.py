"""A closed period as a file: for spreadsheets, and in the exact columns that payers take."""

from __future__ import annotations

from datetime import date
from typing import Any

from harvest_bridge.insights.payouts.errors import StepRefused
from harvest_bridge.insights.payouts.models import Period

from .files import File
from .payers import gusto, paypal, wise
from .payments import Wishes, payments_of
from .sepa import sepa
from .sheets import plain_csv, whole_json, xlsx


def file_of(
    period: Period,
    format: str,
    currency: str = "",
    source_currency: str = "",
    debtor: dict[str, Any] | None = None,
    execution_date: date | None = None,
) -> File:
    """Errors: StepRefused for an open period; CannotExport, which names what lacks, and for whom."""
    if not period.is_closed:
        raise StepRefused(f"The period {period} is {period.state}; close it first.")
    whole = {"csv": plain_csv, "xlsx": xlsx, "json": whole_json}
    if format in whole:
        return whole[format](period)
    wishes = Wishes(currency, source_currency, debtor, execution_date)
    payers = {"wise": wise, "gusto": gusto, "paypal": paypal, "sepa": sepa}
    return payers[format](period, payments_of(period, wishes), wishes)


__all__ = ["File", "file_of"]
