"""What can go wrong between a click and a time entry.

BridgeError             500 internal_error
├ ChangeNotKept         409 change_not_kept
├ ClaimLost             503 claim_lost
├ ClickExpired          409 click_expired
├ ClickFailed
├ ClickRepeated         409 click_repeated
├ CrossSiteCall         403 cross_site_call
├ EntryLocked           409 entry_locked
├ ItemNotAllowed        403 item_not_allowed
├ MustLinkAgain         409 needs_reauth
├ NoSuchClick           404 no_such_click
├ NotLinked             409 connection_required
├ NotRunning            409 not_running
├ NotYourEntry          403 not_your_entry
├ NothingToUndo         409 nothing_to_undo
├ OriginNotAllowed      403 origin_not_allowed
├ PopupSignInForbidden  403 popup_sign_in_forbidden
├ ProjectNotAllowed     403 project_not_allowed
├ SignInNeeded          401 sign_in_needed
├ StartOutOfReach       400 start_out_of_reach
├ StartUnknown          409 start_unknown
├ SwitchUndone          409 switch_undone
├ TimerSessionExpired   401 timer_session_expired
├ TooManyCalls          429 too_many_requests
├ WidgetTokenExpired    401 widget_token_expired
├ WidgetTokenInvalid    401 widget_token_invalid
└ WidgetTokenReplayed   401 widget_token_replayed
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from harvest_bridge.errors import BridgeError


class WidgetTokenInvalid(BridgeError):
    status = 401
    code = "widget_token_invalid"


class WidgetTokenExpired(BridgeError):
    status = 401
    code = "widget_token_expired"


class WidgetTokenReplayed(BridgeError):
    status = 401
    code = "widget_token_replayed"


class SignInNeeded(BridgeError):
    """The code of a sign-in window is no good, or no sign-in is kept: the person signs in by popup (D4)."""

    status = 401
    code = "sign_in_needed"


class PopupSignInForbidden(BridgeError):
    status = 403
    code = "popup_sign_in_forbidden"


class TooManyCalls(BridgeError):
    status = 429
    code = "too_many_requests"


class TimerSessionExpired(BridgeError):
    status = 401
    code = "timer_session_expired"


class OriginNotAllowed(BridgeError):
    status = 403
    code = "origin_not_allowed"


class CrossSiteCall(BridgeError):
    """A call to the widget's API from somewhere other than our own frames."""

    status = 403
    code = "cross_site_call"


class ItemNotAllowed(BridgeError):
    status = 403
    code = "item_not_allowed"


class NotLinked(BridgeError):
    status = 409
    code = "connection_required"


class MustLinkAgain(BridgeError):
    status = 409
    code = "needs_reauth"


class ClaimLost(BridgeError):
    """It took longer than the claim was good for, and somebody else may carry it out now. Nothing more is sent."""

    status = 503
    code = "claim_lost"


class ChangeNotKept(BridgeError):
    """Harvest accepts a change and keeps the entry as it was. After some minutes of tries its person is asked."""

    status = 409
    code = "change_not_kept"


class ClickExpired(BridgeError):
    """Older than the promise lasts: it is done only if its person says so."""

    status = 409
    code = "click_expired"


class ClickFailed(BridgeError):
    """A click that failed before, sent again: status and code are those of its failure."""

    def __init__(self, outcome: Mapping[str, Any]) -> None:
        super().__init__(outcome.get("message", ""), **(outcome.get("extra") or {}))
        self.status = outcome.get("status", 409)  # type: ignore[misc]  # of this one
        self.code = outcome.get("code", "internal_error")  # type: ignore[misc]


class ClickRepeated(BridgeError):
    """The key came with another click before; a new click needs a new idempotency key."""

    status = 409
    code = "click_repeated"


class NotYourEntry(BridgeError):
    status = 403
    code = "not_your_entry"


class EntryLocked(BridgeError):
    """Approved, invoiced or archived; `reason` says which."""

    status = 409
    code = "entry_locked"


class NotRunning(BridgeError):
    status = 409
    code = "not_running"


class StartOutOfReach(BridgeError):
    status = 400
    code = "start_out_of_reach"


class StartUnknown(BridgeError):
    """A stop, or a change, names a start that never came here."""

    status = 409
    code = "start_unknown"


class SwitchUndone(BridgeError):
    """A change of a timer that is gone, as the switch to it was undone: another one has its time."""

    status = 409
    code = "switch_undone"


class ProjectNotAllowed(BridgeError):
    status = 403
    code = "project_not_allowed"


class NoSuchClick(BridgeError):
    status = 404
    code = "no_such_click"


class NothingToUndo(BridgeError):
    status = 409
    code = "nothing_to_undo"


# Refusals that may end without any change to what was asked.
_PASSING = {401, 408, 425, 429}


def passes_with_time(error: BridgeError) -> bool:
    """Whether the same thing may be done later: nobody refused it for what it is."""
    return error.status >= 500 or error.status in _PASSING
