"""Small bar charts, drawn here as SVG: nothing is fetched, nothing runs in the browser."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from harvest_bridge.api.request_log.queries import Span

WIDTH, HEIGHT = 300, 72
_GAP = 1.0
_LOWEST_BAR = 1.5  # what is there can be seen, however small beside the highest


@dataclass(frozen=True)
class Bar:
    """Units: of the drawing, `WIDTH` by `HEIGHT`, as SVG wants them written."""

    x: str
    y: str
    width: str
    height: str
    label: str


@dataclass(frozen=True)
class Chart:
    """`figure` is the one number to read, `highest` is what the top of the drawing stands for."""

    title: str
    figure: str
    note: str
    highest: str
    bars: Sequence[Bar]
    is_alarming: bool
    begins_at: str
    width: int = WIDTH
    height: int = HEIGHT


def charts_of(spans: Sequence[Span], *, whole_p95: float | None) -> list[Chart]:
    """Requests, errors, p95 and budget use over these spans."""
    requests, errors = sum(span.requests for span in spans), sum(span.errors for span in spans)
    fullest = max((span.budget_percent for span in spans if span.budget_percent is not None), default=None)
    share = f"{100 * errors / requests:.1f} % of all" if requests else "no requests"
    return [
        _chart("Requests", f"{requests:,}", "", spans, lambda span: span.requests, _count),
        _chart("Errors", f"{errors:,}", share, spans, lambda span: span.errors, _count, is_alarming=True),
        _chart(
            "Time, p95",
            _none_or(whole_p95, shown_seconds),
            "as callers saw it",
            spans,
            lambda span: span.p95_seconds,
            shown_seconds,
        ),
        _chart(
            "Harvest's budget in use",
            _none_or(fullest, _percent),
            "the fullest at its peak",
            spans,
            lambda span: span.budget_percent,
            _percent,
            most=100,
        ),
    ]


def shown_seconds(seconds: float) -> str:
    """Three digits say enough: 8.1 ms, 230 ms, 1.20 s; never broken across lines."""
    milliseconds = seconds * 1000
    if milliseconds < 100:
        return f"{milliseconds:.1f}\xa0ms"
    return f"{milliseconds:.0f}\xa0ms" if seconds < 1 else f"{seconds:.2f}\xa0s"


def _chart(
    title: str,
    figure: str,
    note: str,
    spans: Sequence[Span],
    value_of: Callable[[Span], float | None],
    shown: Callable[[float], str],
    *,
    most: float | None = None,
    is_alarming: bool = False,
) -> Chart:
    values = [value_of(span) for span in spans]
    top = most or max((value for value in values if value is not None), default=0)
    step = WIDTH / len(spans)
    bars = [
        _bar(place * step, step, value / top, f"{span.begins_at:%d %b %H:%M}: {shown(value)}")
        for place, (span, value) in enumerate(zip(spans, values, strict=True))
        if value and top
    ]
    begins_at = f"{spans[0].begins_at:%d %b %H:%M}"
    return Chart(title, figure, note, shown(top) if top else "", bars, is_alarming, begins_at)


def _bar(x: float, step: float, share: float, label: str) -> Bar:
    height = max(_LOWEST_BAR, share * HEIGHT)
    return Bar(f"{x:.2f}", f"{HEIGHT - height:.2f}", f"{step - _GAP:.2f}", f"{height:.2f}", label)


def _count(value: float) -> str:
    return f"{value:,.0f}"


def _percent(value: float) -> str:
    return f"{value:.0f} %"


def _none_or(value: float | None, shown: Callable[[float], str]) -> str:
    return "–" if value is None else shown(value)
