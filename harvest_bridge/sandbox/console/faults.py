"""Ordered faults in plain words."""

from __future__ import annotations

from typing import Any

from harvest_bridge.sandbox.faults import Fault
from harvest_bridge.sandbox.text import count_text, span_text
from harvest_bridge.sandbox.world import World

KINDS = {
    "status": "Answer with a status",
    "html_error": "HTML error page of the edge",
    "reset": "Cut the connection, apply nothing",
    "lost_answer": "Apply it, but lose the answer",
    "late_arrival": "Cut the connection, apply it later",
    "slow_body": "Drip the answer slowly",
    "truncated_json": "Stop the JSON half way",
    "cut_body": "Cut the connection half way",
    "short_page": "Leave half of a page out",
    "early_end": "End a list too early",
    "latency": "Answer late",
}
METHODS = {"*": "Any method", "GET": "GET", "POST": "POST", "PATCH": "PATCH", "PUT": "PUT", "DELETE": "DELETE"}
TIMES = {"1": "Once", "2": "Twice", "5": "5 times", "20": "20 times", "null": "Until removed"}
BLANK_FORM = {"kind": "status", "method": "*", "path": "/v2/*", "times": "1", "after": "0", "status": "503"}
TIMED = ("latency", "slow_body", "late_arrival")


def pending_faults(world: World) -> dict[str, Any]:
    return {"faults": [_row(one) for one in world.faults.pending()]}


def fault_form(sent: dict[str, str]) -> dict[str, Any]:
    """The form, filled in as it was sent if that was refused."""
    return {"fault": {**BLANK_FORM, **sent}, "kinds": KINDS, "methods": METHODS, "times": TIMES}


def _row(fault: Fault) -> dict[str, Any]:
    return {
        "id": fault.id,
        "title": KINDS[fault.kind],
        "detail": _detail(fault),
        "target": f"{'Any method' if fault.method == '*' else fault.method.upper()} {fault.path}",
        "left": "until removed" if fault.times is None else f"{count_text(fault.times, 'time')} more",
        "after": f"after {count_text(fault.after, 'request')}" if fault.after else "",
    }


def _detail(fault: Fault) -> str:
    if fault.kind in TIMED:
        return span_text(fault.seconds)
    if fault.kind not in ("status", "html_error"):
        return ""
    usual = 500 if fault.kind == "status" else 502
    return f"{fault.status or usual}" + (f", Retry-After {fault.retry_after}" if fault.retry_after is not None else "")
