"""Invariant 32, in small; `make provisioning-faults` does it with a thousand deals."""

from __future__ import annotations

import os

import pytest

from .agency import Agency
from .fault_run import FaultRun

pytestmark = pytest.mark.django_db(transaction=True)
_DEALS = int(os.environ.get("PROVISIONING_DEALS", "6"))
_WORKERS = int(os.environ.get("PROVISIONING_WORKERS", "1"))


def test_faults_kills_and_edits_by_hand_make_nothing_twice_and_leave_nothing_half_made(agency: Agency) -> None:
    agency.sandbox.switch(requests_per_window=1_000_000)
    run = FaultRun(agency.connection, agency.sandbox, _DEALS, workers=_WORKERS)
    run.go()
    print(dict(run.harvest.counts), dict(run.stops))
    assert run.problems == []
