"""A few of the deals of `make provisioning-faults`, with a worker that is killed."""

from __future__ import annotations

from pathlib import Path

import pytest

from .killed_workers import running

pytestmark = pytest.mark.any_database


def test_through_kills_lost_answers_and_races_every_deal_is_done_once_as_it_was_planned(tmp_path: Path) -> None:
    with running(tmp_path, 4, workers=1) as run:
        run.go(kill_every=40)
    assert run.happened["kill -9 of a worker"] > 0
    assert (run.problems, run.happened["e-mails"]) == ([], 0)
