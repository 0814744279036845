"""The actions behind the forms of the console: those of the control API, each with a notice for when it is done."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import msgspec

from harvest_bridge.sandbox.control import Control
from harvest_bridge.sandbox.switches import Switches

Sent = dict[str, str]


@dataclass(frozen=True, slots=True)
class Action:
    run: Callable[[Control, Sent], Any]
    done: str


def _set_mode(control: Control, sent: Sent) -> Any:
    wants_timestamp_timers = sent.get("mode") == "timestamp"
    return control.set_company({"account_id": sent.get("account_id"), "wants_timestamp_timers": wants_timestamp_timers})


def _defaults(control: Control, sent: Sent) -> Any:
    return control.turn(msgspec.structs.asdict(Switches()))


def _clear_faults(control: Control, sent: Sent) -> Any:
    return control.remove_faults({})


ACTIONS = {
    "clock": Action(Control.set_clock, "The clock was moved."),
    "mode": Action(_set_mode, "The account tracks time the other way now."),
    "switches": Action(Control.turn, "The switches are set."),
    "defaults": Action(_defaults, "All switches are back at their defaults."),
    "fault": Action(Control.add_fault, "The fault waits for its request."),
    "fault-removed": Action(Control.remove_faults, "The fault was removed."),
    "faults-cleared": Action(_clear_faults, "All faults were removed."),
    "journal-cleared": Action(Control.clear_journal, "The journal is empty."),
    "approval": Action(Control.approve, "The week was changed."),
    "expired": Action(Control.expire_token, "The access tokens have expired. Refreshing them still works."),
    "revoked": Action(Control.revoke_token, "The access is revoked."),
    "restored": Action(Control.restore_personal_token, "The personal token is good again."),
    "reset": Action(Control.reset, "The sandbox is back at its seed."),
}
