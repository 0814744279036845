"""What hosts are told of timers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from harvest_bridge.connections.models import Connection
from harvest_bridge.errors import BridgeError
from harvest_bridge.harvest.records import TimeEntry
from harvest_bridge.webhooks.catalogue import EventType, register
from harvest_bridge.webhooks.outbox import NewEvent, emit

from . import state
from .models import ForgottenTimer, Intent, IntentKind, Reason
from .queries import belongs_to

Json = dict[str, Any]
_TEXT: Json = {"type": "string"}
_MAYBE: Json = {"type": ["string", "null"]}
_ID: Json = {"type": ["integer", "null"]}
_NAMED: Json = {"type": "object", "required": ["id", "name"], "properties": {"id": _ID, "name": _TEXT}}
_ITEM: Json = {
    "type": ["object", "null"],
    "description": "What the time is for, where that is an item of the host's own.",
    "required": ["id", "group_id"],
    "properties": {"id": _TEXT, "group_id": _MAYBE},
}
_ENTRY: Json = {
    "type": "object",
    "required": ["entry_id", "spent_date", "client", "project", "task", "notes", "hours", "is_running", "item"],
    "properties": {
        "entry_id": {"type": "integer"},
        "spent_date": {"type": "string", "format": "date"},
        "client": _NAMED,
        "project": _NAMED,
        "task": _NAMED,
        "notes": _MAYBE,
        "hours": {**_TEXT, "description": "Exact decimal hours."},
        "started_time": {**_MAYBE, "description": "Wall clock, where the account counts so: `14:05`."},
        "ended_time": _MAYBE,
        "is_running": {"type": "boolean"},
        "started_at": {**_MAYBE, "description": "Since when it runs, if it does."},
        "item": _ITEM,
    },
}
_STOPPED: Json = {
    "type": ["object", "null"],
    "description": "The timer that ended for it.",
    "required": ["entry_id", "project", "task", "hours"],
    "properties": {"entry_id": {"type": "integer"}, "project": _NAMED, "task": _NAMED, "hours": _TEXT},
}
_CLICK: Json = {
    "click_id": {"type": "string", "format": "uuid"},
    "user_id": {**_TEXT, "description": "The host's own id of the person."},
    "clicked_at": {"type": "string", "format": "date-time"},
}
_SHOWN_CLICK = {
    "click_id": "9f4a6f6e-0a2b-4a7c-8d21-3c5b7a9d1e0f",
    "user_id": "u-17",
    "clicked_at": "2026-11-24T09:00:00Z",
}
_SHOWN_ENTRY = {
    "entry_id": 2000123456,
    "spent_date": "2026-11-24",
    "client": {"id": 5735776, "name": "Beacon"},
    "project": {"id": 14307913, "name": "Website"},
    "task": {"id": 8083365, "name": "Design"},
    "notes": "Header",
    "hours": "0.25",
    "started_time": None,
    "ended_time": None,
    "is_running": True,
    "started_at": "2026-11-24T09:00:00Z",
    "item": {"id": "T-17", "group_id": "board-1"},
}
_EXAMPLE: Json = _SHOWN_CLICK | {"entry": _SHOWN_ENTRY, "stopped": None}
_SCHEMA: Json = {
    "type": "object",
    "required": [*_CLICK, "entry", "stopped"],
    "properties": {**_CLICK, "entry": _ENTRY, "stopped": _STOPPED},
}
_MOMENT: Json = {"type": "string", "format": "date-time"}
_FORGOTTEN: Json = {
    "forgotten_id": {"type": "string", "format": "uuid"},
    "user_id": {**_TEXT, "description": "The host's own id of the person."},
    "reason": {"enum": [reason.value for reason in Reason]},
    "began_at": {**_MOMENT, "description": "When work on it began."},
    "due_at": {**_MOMENT, "description": "From when on it counts as forgotten."},
    "likely_stop_at": {**_MOMENT, "description": "The last sign of its person: a page that they saw, or a click."},
}
_AUTOMATIC: Json = {"type": "boolean", "description": "Stopped by the bridge, as it was forgotten; not by the person."}
_RESUMED: Json = {"type": "boolean", "description": "The entry is one of the same day that runs again, not a new one."}


def _type(name: str, says: str, more: Json | None = None, **example: Any) -> EventType:
    return EventType(
        name=f"timer.{name}",
        says=says,
        object_type="time_entry",
        schema=_SCHEMA | {"properties": _SCHEMA["properties"] | (more or {})},
        example=_EXAMPLE | example,
        person="user_id",
        personal=("entry.notes",),
    )


_RAN = {"entry_id": 2000123400, "project": {"id": 1, "name": "App"}, "task": {"id": 2, "name": "Code"}, "hours": "1.5"}
STARTED = _type("started", "Somebody started a timer.", {"resumed": _RESUMED}, resumed=False)
STOPPED = _type(
    "stopped",
    "Somebody stopped their timer, or it was stopped for them.",
    {"automatic": _AUTOMATIC},
    entry=_SHOWN_ENTRY | {"is_running": False},
    automatic=False,
)
SWITCHED = _type(
    "switched",
    "Somebody started a timer while another ran, which ended.",
    {"resumed": _RESUMED},
    stopped=_RAN,
    resumed=False,
)
EDITED = _type("edited", "Somebody changed an entry of theirs: what is new stands in `changed`.")
ADDED = _type("added", "Somebody entered time, or brought back an entry that they had deleted.")
DELETED = _type("deleted", "Somebody deleted an entry of theirs, which is told as it was.")
FAILED = EventType(
    name="timer.failed",
    says="What somebody asked for was not done, and Harvest holds nothing of it.",
    object_type="click",
    schema={
        "type": "object",
        "required": [*_CLICK, "kind", "code", "message", "item"],
        "properties": {
            **_CLICK,
            "kind": {"enum": [kind.value for kind in IntentKind]},
            "code": {**_TEXT, "description": "As in the errors of the API."},
            "message": _TEXT,
            "item": _ITEM,
        },
    },
    example=_SHOWN_CLICK
    | {"kind": "start", "code": "harvest_forbidden", "message": "Harvest did not allow this.", "item": None},
)
FORGOTTEN = EventType(
    name="timer.forgotten",
    says="A timer runs longer than its owner is likely to work; they are asked what is to become of it.",
    object_type="time_entry",
    schema={
        "type": "object",
        "required": [*_FORGOTTEN, "entry"],
        "properties": {**_FORGOTTEN, "entry": _ENTRY},
    },
    example={
        "forgotten_id": "5d0c7f0a-6a0e-4a63-9d8e-1f2b3c4d5e6f",
        "user_id": "u-17",
        "reason": "work_day",
        "began_at": "2026-11-24T09:00:00Z",
        "due_at": "2026-11-24T19:00:00Z",
        "likely_stop_at": "2026-11-24T16:42:10Z",
        "entry": _SHOWN_ENTRY,
    },
    person="user_id",
    personal=("entry.notes",),
)
register(STARTED, STOPPED, SWITCHED, EDITED, ADDED, DELETED, FAILED, FORGOTTEN)
_OF_KIND = {
    IntentKind.START: STARTED,
    IntentKind.STOP: STOPPED,
    IntentKind.EDIT: EDITED,
    IntentKind.MOVE: EDITED,
    IntentKind.ADD: ADDED,
    IntentKind.DELETE: DELETED,
}
_NOT_FIELDS = {"entry_id", "item", "previous_id", "start_key"}


@dataclass(frozen=True)
class ClickResult:
    """What came of a click in Harvest, through which connection; `stopped` is the timer that ended for it."""

    connection: Connection | None
    entry: TimeEntry | None
    stopped: Callable[[], TimeEntry | None] = lambda: None
    is_resumed: bool = False
    added: TimeEntry | None = None


def publish_result(intent: Intent, result: ClickResult) -> None:
    """Within the transaction that settles the click. A stop of what had stopped already tells nothing; a deletion that
    keeps what runs again is a change."""
    if result.entry is None:
        return
    stopped = result.stopped()
    what = EDITED if intent.kind == IntentKind.DELETE and result.is_resumed else _what(intent, result.entry, stopped)
    changed = _changed(intent) if what is EDITED else []
    data: Json = {"entry": _entry(result.entry, is_ours=True), "stopped": state.serialize_stopped(stopped)}
    if what in (STARTED, SWITCHED):
        data["resumed"] = result.is_resumed or intent.kind == IntentKind.UNDO
    if what is STOPPED:
        data["automatic"] = intent.is_automatic
    _emit(intent, what, result.connection, result.entry.id, data, changed)
    if result.added is not None:
        is_ours = belongs_to(intent.person, result.added)
        added: Json = {"entry": _entry(result.added, is_ours=is_ours), "stopped": None}
        _emit(intent, ADDED, result.connection, result.added.id, added, [])


def publish_forgotten(row: ForgottenTimer, entry: TimeEntry, connection: Connection) -> None:
    """Within the transaction that writes it down."""
    person = row.person
    moments = {name: state.iso(getattr(row, name)) for name in ("began_at", "due_at", "likely_stop_at")}
    about = {"forgotten_id": str(row.pk), "user_id": person.user_id, "reason": str(row.reason), **moments}
    emit(
        NewEvent(
            type=FORGOTTEN,
            host_app_id=person.host_app_id,
            tenant_id=person.tenant_id,
            connection_id=connection.pk,
            object_id=entry.id,
            changed=[],
            data=about | {"entry": _entry(entry, is_ours=belongs_to(person, entry))},
        )
    )


def publish_failure(intent: Intent, connection: Connection | None, error: BridgeError) -> None:
    """The same for one that was not done."""
    item = {"id": intent.item_id, "group_id": intent.group_id or None} if intent.item_id else None
    data = {"kind": str(intent.kind), "code": error.code, "message": error.message, "item": item}
    _emit(intent, FAILED, connection, intent.pk, data, [])


def _what(intent: Intent, entry: TimeEntry, stopped: TimeEntry | None) -> EventType:
    if intent.kind == IntentKind.UNDO:
        return SWITCHED if intent.asked.get("previous_id") else STARTED if entry.is_running else ADDED
    if intent.kind == IntentKind.ANSWER:
        return STOPPED if intent.asked["answer"] == "stop" else EDITED if stopped is None else SWITCHED
    what = _OF_KIND[IntentKind(intent.kind)]
    if what is STOPPED and entry.is_running:
        return EDITED  # an earlier run of an entry that runs again
    return SWITCHED if what is STARTED and stopped is not None else what


def _changed(intent: Intent) -> list[str]:
    is_time = intent.kind in (IntentKind.ANSWER, IntentKind.STOP, IntentKind.DELETE)
    return ["hours"] if is_time else sorted(set(intent.asked) - _NOT_FIELDS)


def _entry(entry: TimeEntry, *, is_ours: bool) -> Json:
    """`is_ours` says that its item is one of the host app's: what a click here has made or changed is."""
    shown = state.serialize_entry(entry, now=timezone.now())
    kept = {name: shown[name] for name in _ENTRY["properties"] if name in shown}
    started_at = state.iso(entry.timer_started_at) if entry.is_running else None
    return kept | {
        "started_at": started_at,
        "item": state.serialize_item(entry.external_reference) if is_ours else None,
    }


def _emit(
    intent: Intent, what: EventType, connection: Connection | None, object_id: object, data: Json, changed: list[str]
) -> None:
    click = {"click_id": str(intent.pk), "user_id": intent.person.user_id, "clicked_at": state.iso(intent.clicked_at)}
    emit(
        NewEvent(
            type=what,
            host_app_id=intent.person.host_app_id,
            tenant_id=intent.person.tenant_id,
            connection_id=connection.pk if connection else None,
            object_id=object_id,
            changed=changed,
            data=click | data,
        )
    )
