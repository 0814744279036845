"""What can go wrong with links and linked accounts. Link failures carry the `error_type` of truto-wire §2.3.

BridgeError                      500 internal_error
├ InvalidIntegratedAccountToken  401 invalid_integrated_account_token
├ LinkFailure
│ ├ AccountLinkedElsewhere       409 account_linked_elsewhere
│ ├ AnotherHarvestAccount        409 another_harvest_account
│ ├ ConsentDenied                403 consent_denied
│ ├ HarvestAwayWhileLinking      503 harvest_away_while_linking
│ ├ HarvestRefusedLink           502 harvest_refused_link
│ ├ InvalidLinkToken             401 invalid_link_token
│ ├ NoAccessToAccount            403 no_access_to_account
│ ├ NoHarvestAccount             422 no_harvest_account
│ ├ NothingToSetUp               404 nothing_to_set_up
│ ├ PersonalTokenRefused         422 personal_token_refused
│ ├ UnknownIntegration           404 unknown_integration
│ └ WrongBrowser                 403 link_state_mismatch
├ MissingConnection              400 missing_integrated_account_id
├ NeedsReauth                    424 needs_reauth
├ NoSuchConnection               404 no_such_connection
├ RedirectNotAllowed             400 redirect_uri_not_allowed
├ RefreshFailed                  503 token_refresh_failed
├ RightNotAsked                  400 right_not_asked
└ RightNotGranted                403 right_not_granted
"""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar

from harvest_bridge.errors import BridgeError


class NeedsReauth(BridgeError):
    """Harvest no longer takes the connection's tokens; only linking again helps.

    Not a 401, which says that the caller's own key or token is no good, nor a 409, which clients repeat at once.
    """

    status = 424
    code = "needs_reauth"


class RefreshFailed(BridgeError):
    """Harvest could not renew the tokens just now, or refuses those that it issued; the connection stays as it is.

    Nothing was done at the API.
    """

    status = 503
    code = "token_refresh_failed"


class RightNotGranted(BridgeError):
    """The connection was linked without the right that a call takes; `missing_right` names it."""

    status = 403
    code = "right_not_granted"


class NoSuchConnection(BridgeError):
    status = 404
    code = "no_such_connection"


class MissingConnection(BridgeError):
    status = 400
    code = "missing_integrated_account_id"


class RedirectNotAllowed(BridgeError):
    status = 400
    code = "redirect_uri_not_allowed"


class RightNotAsked(BridgeError):
    """A link token for a right that the host app itself does not ask for."""

    status = 400
    code = "right_not_asked"


class InvalidIntegratedAccountToken(BridgeError):
    status = 401
    code = "invalid_integrated_account_token"


class WayOn(StrEnum):
    """What helps after a failed try."""

    AGAIN = "again"
    ACCOUNT = "account"
    ADMINISTRATOR = "administrator"
    START_OVER = "start_over"


class LinkFailure(BridgeError):
    """A link attempt that ended without a connection. The link token stays good, so the person can try again.

    Shape: `error_type` is truto-wire §2.3's; `way_on` is what the page offers the person next.
    """

    is_of_pages = True
    error_type: ClassVar[str] = "connection_error"
    way_on: ClassVar[WayOn] = WayOn.AGAIN


class InvalidLinkToken(LinkFailure):
    status = 401
    code = "invalid_link_token"
    error_type = "invalid_token"
    way_on = WayOn.START_OVER


class UnknownIntegration(LinkFailure):
    """The host's page asks for an integration that we are not."""

    status = 404
    code = "unknown_integration"
    error_type = "invalid_integration"
    way_on = WayOn.START_OVER


class NothingToSetUp(LinkFailure):
    """The form that Truto shows after connecting; a Harvest connection has none."""

    status = 404
    code = "nothing_to_set_up"
    error_type = "rapid_form_error"
    way_on = WayOn.START_OVER


class WrongBrowser(LinkFailure):
    """A callback whose state was not begun in this browser, was used before, or is older than ten minutes."""

    status = 403
    code = "link_state_mismatch"
    way_on = WayOn.START_OVER


class ConsentDenied(LinkFailure):
    status = 403
    code = "consent_denied"


class HarvestRefusedLink(LinkFailure):
    """Harvest answered, and not with a grant."""

    status = 502
    code = "harvest_refused_link"


class HarvestAwayWhileLinking(LinkFailure):
    status = 503
    code = "harvest_away_while_linking"


class PersonalTokenRefused(LinkFailure):
    """Harvest does not know the pasted token, or it is none."""

    status = 422
    code = "personal_token_refused"


class NoHarvestAccount(LinkFailure):
    """The person granted nothing that tracks time: no account at all, or Forecast only."""

    status = 422
    code = "no_harvest_account"
    error_type = "validation_error"
    way_on = WayOn.ACCOUNT


class NoAccessToAccount(LinkFailure):
    """The account is the person's, yet Harvest lets them do nothing there, as when they are archived."""

    status = 403
    code = "no_access_to_account"
    error_type = "validation_error"
    way_on = WayOn.ADMINISTRATOR


class AnotherHarvestAccount(LinkFailure):
    """A re-link with a different Harvest account than the connection's."""

    status = 409
    code = "another_harvest_account"
    error_type = "validation_error"
    way_on = WayOn.ACCOUNT


class AccountLinkedElsewhere(LinkFailure):
    """A re-link may change the account, but another connection of the customer has that one."""

    status = 409
    code = "account_linked_elsewhere"
    error_type = "validation_error"
    way_on = WayOn.ACCOUNT
