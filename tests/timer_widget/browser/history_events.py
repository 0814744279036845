"""What happened to an item's time in the course of a day, as `GET /timer/history` tells it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

FROM = {"origin": "https://app.example.com", "device": "Firefox on Android", "page": None}
FROM |= {"browser": "Firefox", "system": "Android"}


def some_history(now: datetime) -> list[dict[str, Any]]:
    """Newest first: a stop done later by the worker, a change, a failed edit that was decided, others' time, a
    forgotten timer."""
    at = [(now - timedelta(minutes=ago)).isoformat() for ago in (5, 20, 45, 90, 200, 300, 320)]
    decision = {"at": at[1], "by": "operator", "decision": "retry", "code": "entry_locked", "message": "Locked."}
    notes = {
        "field": "notes",
        "before": "Fix",
        "after": "Fixed the login on small screens, with all wishes",
    }
    return [
        event("1", "stop", at[0], settled_at=at[0], carried_out_by="worker", hours="1.25"),
        event("2", "edit", at[1], changes=[notes, {"field": "hours", "before": "1.0", "after": "1.25"}]),
        event("3", "edit", at[2], status="failed", code="click_expired", message="Too old.", decisions=[decision]),
        event("4", "stop", at[3], is_own=False, person={"id": "7", "name": "Bruno Beck"}, **{"from": None}),
        event("5", "start", at[4]),
        event("6", "answer", at[5], answer="keep", hours=None),
        event("7", "answer", at[6], answer="stop", is_automatic=True, ended_at=at[6], **{"from": None}),
    ]


def event(key: str, kind: str, at: str, **known: Any) -> dict[str, Any]:
    return {
        "id": key,
        "kind": kind,
        "answer": None,
        "is_automatic": False,
        "ended_at": None,
        "clicked_at": at,
        "settled_at": at,
        "status": "done",
        "carried_out_by": "request",
        "person": {"id": "1", "name": "Carmen Ruiz"},
        "is_own": True,
        "from": FROM,
        "item": {"id": "WEB-12", "group_id": "board-1"},
        "entry_id": 7,
        "client": "Fernwood",
        "project": "Website relaunch",
        "task": "Design",
        "spent_date": at[:10],
        "hours": "1.00",
        "notes": "Fix",
        "changes": [],
        "code": None,
        "message": None,
        "decisions": [],
    } | known
