"""Utilization by person and week, coloured by its band."""

from __future__ import annotations

from datetime import date, timedelta

from harvest_bridge.connections.models import Connection
from harvest_bridge.insights.envelope import answer
from harvest_bridge.insights.records.days import date_of
from harvest_bridge.insights.utilization.bands import Band
from harvest_bridge.insights.utilization.definitions import METHODS, OURS
from harvest_bridge.insights.utilization.query_parameters import By, Question
from harvest_bridge.insights.utilization.report import Report

from .plot import GREY, Cell, Plot, dumped, options

WEEKS = 12
MOST_PEOPLE = 60
_COLORS = {
    Band.UNDER.value: "var(--color-blue-400)",
    Band.ON_TARGET.value: "var(--color-green-500)",
    Band.OVER.value: "var(--color-orange-500)",
    Band.OVERBOOKED.value: "var(--color-red-600)",
    None: "rgba(156, 163, 175, 0.25)",
}
# For who does not tell the colours apart: under is round, what is over has a frame, overbooked a thick one.
_ROUND = {Band.UNDER.value: dict.fromkeys(("topLeft", "topRight", "bottomLeft", "bottomRight"), 9)}
_FRAME = {Band.OVER.value: 2, Band.OVERBOOKED.value: 5}
_FRAME_COLOR = "rgba(17, 24, 39, 0.85)"
_THIN = "rgba(156, 163, 175, 0.35)"


def heat_map(connection: Connection, *, today: date) -> Plot:
    """The last twelve weeks that are over. Errors: those of the report."""
    monday = today - timedelta(days=today.weekday())
    question = Question(
        first=monday - timedelta(weeks=WEEKS),
        last=monday - timedelta(days=1),
        by=By.PERSON,
        interval="week",
        method=METHODS[OURS],
    )
    report = Report(connection, question)
    people = [report.serialize(line) for line in report.lines]
    days = [date_of(one.first) for one in report.sheet.stretches]
    weeks = [f"{day:%d %b}" for day in days]
    facts = _facts(people)
    return Plot(
        name="utilization",
        title="Utilization by person and week",
        says="Last week {over} over and {under} under their target, of {people} people.".format(**facts),
        kind="bar",
        data=_data(people[:MOST_PEOPLE], weeks),
        options=options(
            horizontal=True,
            stacked=True,
            tooltip=False,
            x={"display": False, "max": len(weeks)},
            y={"stacked": True},
            scales={"weeks": _week_axis(weeks)},
        ),
        height=60 + 24 * min(len(people), MOST_PEOPLE),
        headers=["Person", *weeks],
        rows=[[Cell(row["name"] or row["id"]), *map(_cell, row["intervals"])] for row in people],
        facts=facts,
        days=days,
        stands_on=answer(report.coverage, question.method.definition, {}, missing=report.missing()),
    )


def _data(people: list[dict[str, object]], weeks: list[str]) -> str:
    """A bar for each person, of as many equal parts as there are weeks."""
    parts = [_part(week, [row["intervals"][number]["band"] for row in people]) for number, week in enumerate(weeks)]  # type: ignore[index]
    return dumped({"labels": [row["name"] or row["id"] for row in people], "datasets": parts})


def _part(week: str, bands: list[str | None]) -> dict[str, object]:
    return {
        "label": week,
        "data": [1] * len(bands),
        "backgroundColor": [_COLORS[band] for band in bands],
        "borderColor": [_FRAME_COLOR if band in _FRAME else _THIN for band in bands],
        "borderWidth": [_FRAME.get(band or "", 1) for band in bands],
        "borderRadius": [_ROUND.get(band or "", 0) for band in bands],
        "borderSkipped": False,
        "barPercentage": 1,
        "categoryPercentage": 0.92,
    }


def _week_axis(weeks: list[str]) -> dict[str, object]:
    """Under the bars, which have no scale of their own that names weeks."""
    ticks = {"color": GREY, "maxRotation": 0, "autoSkip": True}
    shape = {"axis": "x", "type": "category", "position": "bottom", "offset": True}
    return {**shape, "labels": weeks, "grid": {"display": False}, "ticks": ticks}


def _cell(week: dict[str, str | None]) -> Cell:
    share, band = week["utilization"], week["band"]
    return Cell("" if share is None else f"{float(share):.0%}", band or "")


def _facts(people: list[dict[str, object]]) -> dict[str, int]:
    last = [row["intervals"][-1]["band"] for row in people]  # type: ignore[index]
    over = sum(band in (Band.OVER, Band.OVERBOOKED) for band in last)
    return {"over": over, "under": last.count(Band.UNDER), "people": len(people)}
