"""How long a write may still arrive whose answer was lost, by who told of it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from harvest_bridge.harvest.errors import HarvestOutcomeUnknown
from harvest_bridge.harvest.lost_answers import may_still_arrive, quiet_after

LONGEST = timedelta(seconds=35)


@pytest.mark.parametrize("answered", [None, 502, 504, 520, 522, 524])
def test_what_harvest_has_not_answered_may_still_arrive(answered: int | None) -> None:
    lost = HarvestOutcomeUnknown("", answered=answered)
    assert (may_still_arrive(lost), quiet_after(lost, longest=LONGEST)) == (True, LONGEST)


@pytest.mark.parametrize("answered", [200, 500, 503, 521, 523])
def test_what_harvest_has_answered_or_never_met_is_not_on_its_way(answered: int) -> None:
    lost = HarvestOutcomeUnknown("", answered=answered)
    assert (may_still_arrive(lost), quiet_after(lost, longest=LONGEST)) == (False, timedelta(seconds=3))
