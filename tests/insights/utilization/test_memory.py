"""A large answer goes as soon as it was given, and does not wait for the garbage collector."""

from __future__ import annotations

import gc
import weakref

import pytest

from harvest_bridge.insights.utilization.query_parameters import question_of
from harvest_bridge.insights.utilization.report import Report
from tests.insights.mirrored import Mirrored

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


def test_figures_go_with_their_report(easter: Mirrored) -> None:
    report = Report(easter.connection, question_of({"from": "2026-01-01", "to": "2026-12-31", "interval": "week"}))
    shown = [*map(report.serialize, report.lines), report.total(), report.missing()]
    sheet = weakref.ref(report.sheet)
    gc.disable()
    try:
        del report

        assert sheet() is None
    finally:
        gc.enable()
    assert len(shown) == 4
