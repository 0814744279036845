"""What can go wrong between a click and a time entry."""

from __future__ import annotations

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


class ClickRepeated(BridgeError):
    """The same click is still on its way, or was refused; a new click needs a new idempotency key."""

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


class ProjectNotAllowed(BridgeError):
    status = 403
    code = "project_not_allowed"


class NothingToUndo(BridgeError):
    status = 409
    code = "nothing_to_undo"
