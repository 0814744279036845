"""What the console's forms do: the same actions as the control API, and a sentence for when it is done."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import msgspec

from harvest_bridge.sandbox.control import Control
from harvest_bridge.sandbox.switches import Switches

Sent = dict[str, str]


@dataclass(frozen=True, slots=True)
class Deed:
    run: Callable[[Control, Sent], Any]
    done: str


def _set_mode(control: Control, sent: Sent) -> Any:
    wants_timestamp_timers = sent.get("mode") == "timestamp"
    return control.set_company({"account_id": sent.get("account_id"), "wants_timestamp_timers": wants_timestamp_timers})


def _defaults(control: Control, sent: Sent) -> Any:
    return control.turn(msgspec.structs.asdict(Switches()))


def _clear_faults(control: Control, sent: Sent) -> Any:
    return control.remove_faults({})


DEEDS = {
    "clock": Deed(Control.set_clock, "The clock was moved."),
    "mode": Deed(_set_mode, "The account tracks time the other way now."),
    "switches": Deed(Control.turn, "The switches are set."),
    "defaults": Deed(_defaults, "All switches are back at their defaults."),
    "fault": Deed(Control.add_fault, "The fault waits for its request."),
    "fault-removed": Deed(Control.remove_faults, "The fault was removed."),
    "faults-cleared": Deed(_clear_faults, "All faults were removed."),
    "journal-cleared": Deed(Control.clear_journal, "The journal is empty."),
    "approval": Deed(Control.approve, "The week was changed."),
    "expired": Deed(Control.expire_token, "The access tokens have expired. Refreshing them still works."),
    "revoked": Deed(Control.revoke_token, "The access is revoked."),
    "restored": Deed(Control.restore_personal_token, "The personal token is good again."),
    "reset": Deed(Control.reset, "The sandbox is back at its seed."),
}
