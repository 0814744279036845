"""How long a caller says it will wait, in two headers."""

from __future__ import annotations

import pytest

from harvest_bridge.api.errors import InvalidRequest
from harvest_bridge.api.maximum_wait import maximum_wait

NOW = 1_764_000_000.0


@pytest.mark.parametrize(
    ("prefer", "deadline", "seconds"),
    [
        ("", "", None),
        ("wait=5", "", 5),
        ('respond-async, WAIT="10"; x=1', "", 10),
        ("wait=0", "", 0),
        ("wait=soon", "", None),
        ("wait=5x", "", None),
        ("longwait=5", "", None),
        ("", "1764000003", 3),
        ("", "1764000002.5", 2.5),
        ("", "2025-11-24T16:00:08Z", 8),
        ("", "2025-11-24T17:00:08+01:00", 8),
        ("", "2020-01-01T00:00:00Z", 0),
        ("wait=5", "1764000003", 3),
        ("wait=2", "1764000003", 2),
    ],
)
def test_the_shorter_of_two_wishes_counts(prefer: str, deadline: str, seconds: float | None) -> None:
    assert maximum_wait(prefer, deadline, now=NOW) == seconds


@pytest.mark.parametrize("deadline", ["soon", "-5", "2025-11-24", "2025-11-24T16:00:08", "inf", "9" * 40, "1e5"])
def test_a_deadline_that_is_no_moment_is_refused_by_name(deadline: str) -> None:
    with pytest.raises(InvalidRequest, match="Harvest-Bridge-Deadline: must be"):
        maximum_wait("", deadline, now=NOW)
