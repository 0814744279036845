"""What a panel shows: a figure, lines, a plot, and links to what it is about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Tone = Literal["success", "info", "warning", "danger", "default"]


@dataclass(frozen=True)
class Link:
    text: str
    address: str


@dataclass(frozen=True)
class Line:
    """One row: what, its value, where that leads, and how good it is."""

    text: str
    value: str = ""
    address: str = ""
    tone: Tone = "default"


@dataclass(frozen=True)
class Card:
    """`figure` is the one thing to read and `note` says of what; `plot` is the JSON of `admin_charts.bar_chart`.

    `plot_says` tells in words what the plot shows, for who cannot see it. `empty` is shown where there are neither
    lines nor a plot.
    """

    figure: str = ""
    note: str = ""
    tone: Tone = "default"
    lines: tuple[Line, ...] = ()
    links: tuple[Link, ...] = ()
    plot: str = ""
    plot_says: str = ""
    empty: str = "Nothing here yet."


@dataclass(frozen=True)
class Need:
    """Something that waits for a person: what, what to do about it, and where."""

    text: str
    remedy: str
    address: str
    tone: Tone = "warning"
