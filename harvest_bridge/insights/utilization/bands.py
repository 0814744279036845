"""Under, on target, over, overbooked: where utilization lies beside its target, by limits that the host sets."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from .models import UtilizationSettings

_WHOLE = 10_000


class Band(StrEnum):
    UNDER = "under"
    ON_TARGET = "on_target"
    OVER = "over"
    OVERBOOKED = "overbooked"


@dataclass(frozen=True, slots=True)
class Limits:
    """Units: ten-thousandths; `under_below` and `over_above` of the target, `overbooked_above` of capacity."""

    under_below: int
    over_above: int
    overbooked_above: int

    @classmethod
    def of(cls, settings: UtilizationSettings) -> Limits:
        return cls(
            int(settings.under_below * _WHOLE),
            int(settings.over_above * _WHOLE),
            int(settings.overbooked_above * _WHOLE),
        )

    def band(self, hours: int, capacity: int, goal: int, goal_base: int) -> Band | None:
        """Exact: nothing is rounded before it is compared. The target is `goal ÷ goal_base` in ten-thousandths.

        None where there is no capacity.
        """
        if capacity <= 0 or goal_base <= 0:
            return None
        if hours * _WHOLE > capacity * self.overbooked_above:
            return Band.OVERBOOKED
        scaled, aim = hours * goal_base * _WHOLE * _WHOLE, capacity * goal
        if scaled > aim * self.over_above:
            return Band.OVER
        return Band.UNDER if scaled < aim * self.under_below else Band.ON_TARGET
