"""What a body may say about a time entry, read and checked before anything changes (REFERENCE §8.11)."""

from __future__ import annotations

from datetime import date, time
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from harvest_bridge.sandbox.account import Account
from harvest_bridge.sandbox.call import Call
from harvest_bridge.sandbox.errors import unprocessable
from harvest_bridge.sandbox.fields import CENT, Params, as_date, as_decimal, as_int, as_text, as_time
from harvest_bridge.sandbox.forms import Complaint, Field, Form, day, reference
from harvest_bridge.sandbox.records import ExternalReference, Project, Task

MAX_NOTES = 16_777_215
REFERENCE_KEYS = ("id", "group_id", "account_id", "permalink")


def _notes(_: Account, value: Any) -> str | None:
    notes = as_text(value)
    if notes is not None and len(notes) > MAX_NOTES:
        raise Complaint(f"is too long (maximum is {MAX_NOTES} characters)")
    return notes


def _hours(_: Account, value: Any) -> Decimal | None:
    hours = as_decimal(value)
    if hours is None and value not in (None, ""):
        raise Complaint("is not a number")
    if hours is not None and hours < 0:
        raise Complaint("must be greater than or equal to 0")
    return None if hours is None else hours.quantize(CENT, ROUND_HALF_UP)


def _time(_: Account, value: Any) -> time | None:
    moment = as_time(value)
    if moment is None and value not in (None, ""):
        raise Complaint("is not a valid time")
    return moment


def _external_reference(_: Account, value: Any) -> ExternalReference | None:
    """All parts are text, whatever was sent; nothing but blanks is no reference."""
    if not isinstance(value, dict):
        return None
    parts = {key: as_text(value.get(key)) or None for key in REFERENCE_KEYS}
    return ExternalReference(**parts) if any(parts.values()) else None


DETAILS = Form(
    Field("notes", _notes),
    Field("external_reference", _external_reference),
    Field("hours", _hours),
    Field("started_time", _time),
    Field("ended_time", _time),
)
PLACE = Form(
    reference("project_id", lambda account: account.projects),
    reference("task_id", lambda account: account.tasks),
    day("spent_date", required=True),
)


def required_place(body: Params, account: Account) -> tuple[Project, Task, date]:
    """Errors: one 422 that lists all that is missing, in the recorded words and order (REFERENCE §5.2)."""
    project = account.projects.get(as_int(body.get("project_id")))
    task = account.tasks.get(as_int(body.get("task_id")))
    spent_date = as_date(body.get("spent_date"))
    if project is None or task is None or spent_date is None:
        complaints = {
            "Task must exist": task is None,
            "Project must exist": project is None,
            "Project can't be blank": project is None,
            "Task can't be blank": task is None,
            "Spent date can't be blank": not body.get("spent_date"),
            "Spent date is not a valid date": spent_date is None,
        }
        raise unprocessable(*(words for words, is_true in complaints.items() if is_true))
    return project, task, spent_date


def refuse_other_mode(call: Call) -> None:
    """Fields of the other mode are silently ignored, unless the switch says otherwise (REFERENCE §7.1, unconfirmed)."""
    if call.switches.mode_mismatch != "422":
        return
    foreign = ("hours",) if call.account.company.wants_timestamp_timers else ("started_time", "ended_time")
    if any(call.body.get(name) is not None for name in foreign):
        raise unprocessable(f"{foreign[0].replace('_', ' ').capitalize()} is not used by this account")
