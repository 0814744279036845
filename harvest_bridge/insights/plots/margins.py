"""Margin by client over the last quarter, each currency by itself."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from harvest_bridge.connections.models import Connection
from harvest_bridge.insights.envelope import answer
from harvest_bridge.insights.profitability.definitions import HARVEST
from harvest_bridge.insights.profitability.names import NONE
from harvest_bridge.insights.profitability.query_parameters import By, Question
from harvest_bridge.insights.profitability.report import Report

from .plot import Cell, Plot, dumped, options

DAYS = 90
MOST_CLIENTS = 25


def margins(connection: Connection, *, today: date) -> Plot:
    """Errors: those of the report."""
    question = Question(first=today - timedelta(days=DAYS - 1), last=today, by=By.CLIENT, definition=HARVEST)
    report = Report(connection, question)
    rows = [(row, one) for row in map(report.serialize, report.lines) for one in row["amounts"]]
    known = [(row, one) for row, one in rows if one["margin"] is not None][:MOST_CLIENTS]
    lost = sum(float(one["margin"]) < 0 for _, one in known)
    facts = {"lost": lost, "known": len(known), "unknown": len(rows) - len(known), "days": DAYS}
    return Plot(
        name="margins",
        title=f"Margin by client, the last {DAYS} days",
        says="{lost} of {known} lost money; of {unknown} the margin is unknown.".format(**facts),
        kind="bar",
        data=dumped(
            {
                "labels": [f"{_name(row)} ({one['currency']})" for row, one in known],
                "datasets": [
                    {
                        "label": "Margin",
                        "data": [float(one["margin"]) for _, one in known],
                        "backgroundColor": [
                            f"var(--color-{'red' if float(one['margin']) < 0 else 'primary'}-500)" for _, one in known
                        ],
                        "maxBarThickness": 22,
                    }
                ],
            }
        ),
        options=options(horizontal=True),
        height=60 + 30 * len(known),
        headers=["Client", "Currency", "Revenue", "Labour cost", "Expenses", "Margin", "Uninvoiced"],
        rows=[_row(_name(row), one) for row, one in rows],
        facts=facts,
        stands_on=answer(report.coverage, HARVEST, {}, missing=report.missing),
    )


def _name(row: dict[str, Any]) -> str:
    """What Harvest does not tell the name of goes by its id."""
    if row["id"] == NONE:
        return "No client"
    return str(row["name"] or f"Client {row['id']}")


def _row(name: str, one: dict[str, str | None]) -> list[Cell]:
    figures = [one[name] for name in ("revenue", "labour_cost", "expenses", "margin", "uninvoiced")]
    cells = [Cell("unknown" if text is None else text) for text in figures]
    margin = one["margin"]
    tone = "loss" if margin is not None and margin.startswith("-") else ""
    return [Cell(name), Cell(one["currency"] or ""), *cells[:3], Cell(cells[3].text, tone), cells[4]]
