"""What can go wrong when people are matched.

BridgeError                500 internal_error
├ AccountConnectionNeeded  409 account_connection_needed
├ AdministratorNeeded      403 administrator_needed
├ HarvestUserClaimed       409 harvest_user_claimed
├ NoSuchHarvestUser        422 no_such_harvest_user
├ NoSuchIdentity           404 no_such_identity
└ NothingSuggested         409 nothing_suggested
"""

from __future__ import annotations

from harvest_bridge.errors import BridgeError


class AccountConnectionNeeded(BridgeError):
    """A personal connection speaks for one person, so there is nobody to match."""

    status = 409
    code = "account_connection_needed"


class AdministratorNeeded(BridgeError):
    """Whoever linked the account may not see everybody in Harvest, nor write time for them."""

    status = 403
    code = "administrator_needed"


class NoSuchIdentity(BridgeError):
    status = 404
    code = "no_such_identity"


class NoSuchHarvestUser(BridgeError):
    status = 422
    code = "no_such_harvest_user"


class HarvestUserClaimed(BridgeError):
    """Somebody else is matched to this Harvest user; `claimed_by` names them."""

    status = 409
    code = "harvest_user_claimed"


class NothingSuggested(BridgeError):
    """There is no suggestion to confirm or reject, or several to choose from."""

    status = 409
    code = "nothing_suggested"
