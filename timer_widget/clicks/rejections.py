"""What Harvest refuses, in words of ours that name the field and the remedy. Pure.

Harvest joins its sentences with commas: `Task must exist, Project must exist, Project can't be blank`.
"""

from __future__ import annotations

import re

from harvest_bridge.errors import BridgeError
from harvest_bridge.harvest.errors import HarvestNotFound, HarvestRejected

_GONE = "this {} is archived, or not there any more"
# What Harvest says (REFERENCE §5.2, §7.6), the field, and what to do. The first that fits a field is told.
_WORDS: tuple[tuple[str, str, str], ...] = (
    (r"project\b[^,]*(must exist|blank|archived|inactive|not active|not exist)", "project_id", _GONE.format("project")),
    (r"user\b[^,]*assigned", "project_id", "you are not assigned to this project"),
    (r"task\b[^,]*assigned", "task_id", "this task does not belong to the project"),
    (r"task\b[^,]*(must exist|blank|archived|inactive|not active|not exist)", "task_id", _GONE.format("task")),
    (r"spent date", "spent_date", "Harvest does not take this date"),
    (r"(started|ended) time", "started_time", "Harvest does not take these times"),
    (r"\bhours\b", "hours", "Harvest does not take this much time"),
    (r"\bnotes\b[^,]*(blank|required)", "notes", "Harvest wants notes here"),
    (r"\bnotes\b", "notes", "Harvest does not take these notes"),
)
_KNOWN = tuple((re.compile(words), name, why) for words, name, why in _WORDS)
_REMEDIES = {
    "entry_id": "add its time again if it is missing",
    "project_id": "choose another project",
    "task_id": "choose another task",
    "spent_date": "choose another date",
    "started_time": "correct the start and the end",
    "hours": "correct the hours",
    "notes": "correct the notes",
}


def in_our_words(error: BridgeError) -> BridgeError:
    """The same error for people: its code and Harvest's own answer (`raw_response`) stay. Others are left alone."""
    match error:
        case HarvestNotFound():
            fields = {"entry_id": "this time entry was deleted in Harvest, or is hidden from you"}
        case HarvestRejected():
            fields = _fields(error.message)
        case _:
            return error
    if not fields:
        return error
    said = {name: f"{why}; {_REMEDIES[name]}." for name, why in fields.items()}
    message = " ".join(f"{name}: {words}" for name, words in said.items())
    told = type(error)(message, remote_status=error.remote_status, raw_response=error.raw_response)
    told.extra["fields"] = said
    return told


def _fields(message: str) -> dict[str, str]:
    said = message.replace("’", "'").lower()
    found: dict[str, str] = {}
    for pattern, name, why in _KNOWN:
        if pattern.search(said):
            found.setdefault(name, why)
    return found
