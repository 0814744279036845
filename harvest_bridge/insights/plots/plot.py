"""What a plot is made of, in the admin and in frames of host pages: data for Chart.js, and the table behind it."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from harvest_bridge.mirror.reading.csv_export import harmless

GREY = "#9ca3af"  # readable on the theme's light and dark ground, and the one that it gives to its own ticks


@dataclass(frozen=True)
class Cell:
    """`tone` colours it: a band of utilization, `loss`, or nothing."""

    text: str
    tone: str = ""


@dataclass(frozen=True)
class Plot:
    """Shape: `data` and `options` are JSON for Chart.js, of `kind` `bar` or `line`; `height` in pixels. `says` tells in
    words what is to be seen, and `facts` are the numbers in it. `key` names lines and their colours. Each row of the
    table begins with its name. `days` are those of its columns, or along its axis. `stands_on` is what it is true for.
    """

    name: str
    title: str
    says: str
    kind: str
    data: str
    options: str
    height: int
    headers: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    key: Sequence[tuple[str, str]] = ()
    facts: Mapping[str, int] = field(default_factory=dict)
    days: Sequence[date] = ()
    stands_on: Mapping[str, Any] = field(default_factory=dict)

    def serialize(self) -> dict[str, Any]:
        """For a frame, which has words of its own for titles and headers."""
        return {
            **self.stands_on,
            "name": self.name,
            "title": self.title,
            "says": self.says,
            "facts": self.facts,
            "days": [day.isoformat() for day in self.days],
            "kind": self.kind,
            "data": json.loads(self.data),
            "options": json.loads(self.options),
            "height": self.height,
            "key": [{"name": name, "color": color} for name, color in self.key],
            "headers": list(self.headers),
            "rows": [[{"text": cell.text, "tone": cell.tone} for cell in row] for row in self.rows],
        }

    def as_csv(self) -> str:
        """RFC 4180; what a spreadsheet could take for a formula gets an apostrophe before it."""
        file = io.StringIO()
        writer = csv.writer(file)
        writer.writerow([harmless(header) for header in self.headers])
        writer.writerows([_plain(cell.text) for cell in row] for row in self.rows)
        return file.getvalue()


def _plain(text: str) -> str:
    """A negative number is a number."""
    return text if _is_number(text) else str(harmless(text))


def _is_number(text: str) -> bool:
    return text.removeprefix("-").replace(".", "", 1).isdigit()


def dumped(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def options(*, horizontal: bool = False, stacked: bool = False, legend: bool = False, **more: Any) -> str:
    """For Chart.js: no animation, quiet axes."""
    axis = {"stacked": stacked, "ticks": {"color": GREY}, "grid": {"display": True, "tickWidth": 0}}
    return dumped(
        {
            "animation": False,
            "responsive": True,
            "maintainAspectRatio": False,
            "indexAxis": "y" if horizontal else "x",
            "plugins": {
                "legend": {"display": legend, "align": "end", "labels": {"color": GREY, "boxHeight": 8, "boxWidth": 8}},
                "tooltip": {"enabled": more.pop("tooltip", True)},
            },
            "scales": {
                "x": {**axis, **more.pop("x", {})},
                "y": {**axis, **more.pop("y", {})},
                **more.pop("scales", {}),
            },
        }
    )
