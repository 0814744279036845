"""What utilization is: by our definition, Harvest's, and others that vendors publish."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from harvest_bridge.insights.definitions import Definition, register

OF = "utilization"
_NEEDS = ("users", "time_entries")
_USES = ("projects", "clients")


class Share(StrEnum):
    """Which of the three shares a definition calls utilization."""

    TOTAL = "total"
    BILLABLE = "billable"


@dataclass(frozen=True, kw_only=True)
class Method:
    """How a definition counts.

    Shape: capacity is less public holidays where `less_holidays`, and less time off where `less_absence`; time off
    counts as work where `with_absence`. `of_tracked` divides by all tracked time instead of capacity.
    """

    definition: Definition
    share: Share
    less_holidays: bool
    less_absence: bool
    with_absence: bool = False
    of_tracked: bool = False

    @property
    def name(self) -> str:
        return self.definition.name


def _method(
    name: str,
    formula: str,
    *,
    share: Share,
    less_holidays: bool = False,
    less_absence: bool = False,
    with_absence: bool = False,
    of_tracked: bool = False,
) -> Method:
    definition = register(Definition(OF, name, 1, formula, _NEEDS, _USES))
    return Method(
        definition=definition,
        share=share,
        less_holidays=less_holidays,
        less_absence=less_absence,
        with_absence=with_absence,
        of_tracked=of_tracked,
    )


OURS = "net_capacity"
_METHODS = (
    _method(
        OURS,
        "Tracked time without absence ÷ (weekly capacity over the working pattern - public holidays - absence).",
        share=Share.TOTAL,
        less_holidays=True,
        less_absence=True,
    ),
    _method(
        "harvest",
        "All tracked time ÷ weekly capacity over the working days; no holidays, no absence. As Harvest's Team page.",
        share=Share.TOTAL,
        with_absence=True,
    ),
    _method(
        "lucca",
        "Billable time ÷ (business days - time off). As Lucca Timmi Project publishes it.",
        share=Share.BILLABLE,
        less_holidays=True,
        less_absence=True,
    ),
    _method(
        "bqe",
        "Billable time ÷ all tracked time, time off included. As BQE Core publishes it.",
        share=Share.BILLABLE,
        of_tracked=True,
    ),
    _method(
        "everhour",
        "Billable time ÷ gross capacity, without holidays and time off. As Everhour publishes it.",
        share=Share.BILLABLE,
    ),
)
METHODS = {method.name: method for method in _METHODS}
