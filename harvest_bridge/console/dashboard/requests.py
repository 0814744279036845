"""Requests, errors and Harvest's budget over the last day, from the request log."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from django.core.cache import caches
from django.urls import reverse

from harvest_bridge.admin_charts import ALARMING, PRIMARY, bar_chart
from harvest_bridge.admin_panels import Card, DashboardPanel, Line, Link, Need, dashboard
from harvest_bridge.api.models import RequestRecord
from harvest_bridge.api.request_log.queries import Span, spans_of

_MINUTES = 24 * 60
_KEPT_SECONDS = 30
_RIGHT = "api.view_requestrecord"
_MANY_ERRORS = 0.1
_LEAST_REQUESTS = 20
_FULL_PERCENT = 90


def register() -> None:
    dashboard.register(DashboardPanel("requests", "Requests, last 24 hours", _RIGHT, 20, _requests))
    dashboard.register(DashboardPanel("errors", "Errors, last 24 hours", _RIGHT, 21, _errors, _error_needs))
    dashboard.register(DashboardPanel("budget", "Harvest's budget in use", _RIGHT, 30, _budget, _budget_needs))


def address(**query: str) -> str:
    words = "&".join(f"{name}={value}" for name, value in {"since": "day", **query}.items())
    return f"{reverse('admin:api_requestrecord_changelist')}?{words}"


def _spans(now: datetime) -> list[Span]:
    """Counting a day of a busy bridge takes a second, so one count serves everybody who looks for half a minute."""
    key = f"first-page-spans-{int(now.timestamp()) // _KEPT_SECONDS}"
    spans: list[Span] | None = caches["answers"].get(key)
    if spans is None:
        spans = spans_of(RequestRecord.objects.all(), minutes=_MINUTES, now=now)
        caches["answers"].set(key, spans, 2 * _KEPT_SECONDS)
    return spans


def _requests(now: datetime) -> Card:
    spans = _spans(now)
    count = sum(span.requests for span in spans)
    lately = sum(span.requests for span in spans if span.begins_at > now - timedelta(hours=1))
    return _with_plot(
        Card(
            figure=f"{count:,}",
            note=f"{lately:,} in the last hour",
            links=(Link("All requests", address()),),
            empty="Nobody has asked for anything yet.",
        ),
        "Requests",
        spans,
        lambda span: span.requests,
    )


def _errors(now: datetime) -> Card:
    spans = _spans(now)
    count, errors = sum(span.requests for span in spans), sum(span.errors for span in spans)
    return _with_plot(
        Card(
            figure=f"{errors:,}",
            note=f"{100 * errors / count:.1f} % of all" if count else "of no requests",
            tone="danger" if _are_many(spans) else "default",
            lines=(Line("Failed with us or Harvest (5xx)", "look", address(status="5")),) if errors else (),
            links=(Link("All errors", address(status="errors")),),
            empty="No errors.",
        ),
        "Errors",
        spans,
        lambda span: span.errors,
        color=ALARMING,
    )


def _budget(now: datetime) -> Card:
    spans = _spans(now)
    fullest = max((span.budget_percent for span in spans if span.budget_percent is not None), default=None)
    return _with_plot(
        Card(
            figure="–" if fullest is None else f"{fullest} %",
            note="the fullest at its peak",
            tone="danger" if (fullest or 0) >= _FULL_PERCENT else "default",
            links=(Link("Requests by connection", address()),),
            empty="No request has gone to Harvest.",
        ),
        "Budget in use",
        spans,
        lambda span: span.budget_percent,
        suffix="%",
    )


def _error_needs(now: datetime) -> list[Need]:
    """What we or Harvest failed at (5xx); a 4xx is for whoever asked to mend."""
    count = sum(span.requests for span in _lately(now))
    if count < _LEAST_REQUESTS:
        return []
    an_hour_ago = int(now.timestamp() // 60) - 60
    failed = RequestRecord.objects.filter(minute__gt=an_hour_ago, status__gte=500).count()
    if failed <= _MANY_ERRORS * count:
        return []
    said = "More than a tenth of the requests of the last hour failed with us or Harvest (5xx)"
    return [Need(said, "Look which path and which code it is.", address(status="5"), "danger")]


def _budget_needs(now: datetime) -> list[Need]:
    fullest = max((span.budget_percent or 0 for span in _lately(now)), default=0)
    if fullest < _FULL_PERCENT:
        return []
    said = f"A Harvest account's budget was used to {fullest} % within the last hour"
    return [Need(said, "Find out whose back end asks so much.", address(), "warning")]


def _lately(now: datetime) -> list[Span]:
    return [span for span in _spans(now) if span.begins_at > now - timedelta(hours=1)]


def _are_many(spans: list[Span]) -> bool:
    count, errors = sum(span.requests for span in spans), sum(span.errors for span in spans)
    return count >= _LEAST_REQUESTS and errors > _MANY_ERRORS * count


def _with_plot(
    card: Card,
    title: str,
    spans: list[Span],
    value_of: Callable[[Span], int | None],
    *,
    suffix: str = "",
    color: str = PRIMARY,
) -> Card:
    values = [value_of(span) or None for span in spans]
    if not any(values):
        return card
    labels = [f"{span.begins_at:%H:%M}" for span in spans]
    highest = max(value for value in values if value is not None)
    says = f"{title} over 24 hours; at most {highest:,}{suffix and ' ' + suffix} in 24 minutes"
    return replace(card, plot=bar_chart(title, labels, values, suffix=suffix, color=color), plot_says=says)
