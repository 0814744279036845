"""What the charts above the list of requests show: requests, errors, p95 and budget use over time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from harvest_bridge.admin_charts import ALARMING, PRIMARY, bar_chart
from harvest_bridge.api.request_log.queries import Span


@dataclass(frozen=True)
class Chart:
    """`figure` is the one number to read; `data` is for the theme's chart, empty where there is nothing to draw."""

    title: str
    figure: str
    note: str
    highest: str
    data: str


def charts_of(spans: Sequence[Span], *, whole_p95: float | None) -> list[Chart]:
    """Requests, errors, p95 and budget use over these spans."""
    requests, errors = sum(span.requests for span in spans), sum(span.errors for span in spans)
    fullest = max((span.budget_percent for span in spans if span.budget_percent is not None), default=None)
    share = f"{100 * errors / requests:.1f} % of all" if requests else "no requests"
    p95, peak = _none_or(whole_p95, format_seconds), _none_or(fullest, _percent)
    return [
        _chart("Requests", f"{requests:,}", "", spans, lambda span: span.requests, _count),
        _chart("Errors", f"{errors:,}", share, spans, lambda span: span.errors, _count, color=ALARMING),
        _chart("Time, p95", p95, "as callers saw it", spans, lambda span: span.p95_seconds, format_seconds, suffix="s"),
        _chart("Harvest's budget in use", peak, "the fullest at its peak", spans, _budget, _percent, suffix="%"),
    ]


def format_seconds(seconds: float) -> str:
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
    suffix: str = "",
    color: str = PRIMARY,
) -> Chart:
    values = [value_of(span) or None for span in spans]
    highest = max((value for value in values if value is not None), default=None)
    if highest is None:
        return Chart(title, figure, note, "", "")
    data = bar_chart(title, _moments(spans), values, suffix=suffix, color=color)
    return Chart(title, figure, note, shown(highest), data)


def _moments(spans: Sequence[Span]) -> list[str]:
    """Within a day the time says enough."""
    is_short = spans[-1].begins_at - spans[0].begins_at < timedelta(days=1)
    return [span.begins_at.strftime("%H:%M" if is_short else "%d %b") for span in spans]


def _budget(span: Span) -> float | None:
    return span.budget_percent


def _count(value: float) -> str:
    return f"{value:,.0f}"


def _percent(value: float) -> str:
    return f"{value:.0f} %"


def _none_or(value: float | None, shown: Callable[[float], str]) -> str:
    return "–" if value is None else shown(value)
