"""Notices: what a person is told when a click had another outcome than they expect."""

from __future__ import annotations

from typing import Any

from harvest_bridge.harvest.records import TimeEntry


def names_of(entry: TimeEntry) -> dict[str, Any]:
    return {"project": entry.project and entry.project.name, "task": entry.task and entry.task.name}


def notice_for(code: str, names: dict[str, Any], words: str) -> dict[str, Any]:
    """`words` have a place for the timer's name. Shape: `{"code", "message", "project", "task"}`."""
    name = " · ".join(filter(None, (names["project"], names["task"]))) or "The timer"
    return {"code": code, "message": words.format(name), **names}
