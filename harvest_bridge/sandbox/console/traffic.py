"""What the sandbox was asked, and how much of each rate limit that used up."""

from __future__ import annotations

from itertools import islice
from typing import Any

import msgspec

from harvest_bridge.sandbox.console.owners import asker_of, purse_owner
from harvest_bridge.sandbox.journal import Received
from harvest_bridge.sandbox.limits import Budget
from harvest_bridge.sandbox.overview import received_overview
from harvest_bridge.sandbox.text import moment_text, span_text
from harvest_bridge.sandbox.world import World

BUDGETS_SHOWN = 6


def latest_requests(world: World, limit: int, method: str | None = None, path: str | None = None) -> dict[str, Any]:
    """Latest first."""
    found = world.journal.requests(method, path)
    return {
        "requests": [request_row(one, world) for one in islice(reversed(found), limit)],
        "requests_total": len(found),
    }


def request_row(received: Received, world: World) -> dict[str, Any]:
    return {
        "number": received.number,
        "url": f"/sandbox/requests/{received.number}",
        "time": f"{received.at:%H:%M:%S}",
        "method": received.method,
        "path": received.path,
        "query": received.query,
        "asker": asker_of(received, world),
        "status": _status_text(received),
        "status_class": _status_class(received.status),
        "milliseconds": f"{received.seconds * 1000:.0f}" if received.status is not None else "",
        "fault": received.fault,
    }


def request_page(received: Received, world: World) -> dict[str, Any]:
    """One request in full; credentials are cut short."""
    overview = received_overview(received)
    return {
        "row": request_row(received, world),
        "at": moment_text(received.at),
        "headers": sorted(overview["headers"].items()),
        "body": _readable(overview["body"]),
    }


def budget_gauges(world: World) -> dict[str, Any]:
    """The purses that are used most stand first."""
    purses = [(purse, world.limits.budgets(purse)) for purse in world.limits.purses()]
    purses.sort(key=lambda pair: -max(budget.used / budget.limit for budget in pair[1]))
    shown = []
    for purse, budgets in purses[:BUDGETS_SHOWN]:
        name, kind = purse_owner(purse, world)
        shown.append({"key": purse, "name": name, "kind": kind, "gauges": [_gauge(one) for one in budgets]})
    return {"budgets": shown, "budgets_hidden": len(purses) - len(shown)}


def _gauge(budget: Budget) -> dict[str, Any]:
    percent = min(100, round(100 * budget.used / budget.limit))
    return {
        "name": "Reports" if budget.name == "reports" else "General",
        "used": budget.used,
        "limit": budget.limit,
        "window": span_text(budget.seconds),
        "percent": percent,
        "level": "full" if percent >= 100 else "high" if percent >= 80 else "",
    }


def _status_text(received: Received) -> str:
    if received.status is None:
        return "waiting"
    return "cut off" if received.status == 0 else str(received.status)


def _status_class(status: int | None) -> str:
    if status is None:
        return "pending"
    return "failed" if status == 0 or status >= 500 else "refused" if status >= 400 else "good"


def _readable(body: str) -> str:
    try:
        return msgspec.json.format(body, indent=2)
    except msgspec.DecodeError:
        return body
