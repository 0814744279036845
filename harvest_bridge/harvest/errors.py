"""What can go wrong with Harvest, each kind with its own status and stable code.

Of a write that failed, only `HarvestOutcomeUnknown` may have happened; every other error means that it did not.

BridgeError                  500 internal_error
├ HarvestError               502 harvest_error
│ ├ HarvestForbidden         403 harvest_forbidden
│ ├ HarvestGrantRefused      401 harvest_grant_refused
│ ├ HarvestMalformed         502 harvest_malformed
│ │ └ HarvestAnswerTooLong   502 harvest_answer_too_long
│ ├ HarvestNotFound          404 harvest_not_found
│ ├ HarvestRateLimited       429 harvest_rate_limited
│ ├ HarvestRejected          422 harvest_rejected
│ ├ HarvestTimeout           504 harvest_timeout
│ ├ HarvestUnauthorized      401 harvest_unauthorized
│ ├ HarvestUnavailable       503 harvest_unavailable
│ │ ├ HarvestOutcomeUnknown  503 harvest_outcome_unknown
│ │ ├ PacingUnavailable      503 pacing_unavailable
│ │ │ └ PacingStorageFull    503 storage_full
│ │ └ TokenRenewedMeanwhile  503 harvest_token_renewed  (harvest.attempts)
│ └ TooManyPages             502 harvest_too_many_pages
└ RefreshInProgress          503 token_refresh_in_progress
"""

from __future__ import annotations

from typing import Any

from harvest_bridge.errors import BridgeError
from harvest_bridge.harvest.budgets import BudgetState


class HarvestError(BridgeError):
    """Harvest failed us or refused us.

    Shape: `remote_status` and `raw_response` are Harvest's own answer, bounded and free of tokens, where there was
    one; then the body on the wire says so (`truto_is_remote_error`).
    """

    status = 502
    code = "harvest_error"

    def __init__(
        self,
        message: str,
        *,
        retry_after: float | None = None,
        remote_status: int | None = None,
        raw_response: Any = None,
    ) -> None:
        remote = {} if remote_status is None else {"truto_is_remote_error": True, "raw_response": raw_response}
        super().__init__(message, retry_after=retry_after, **remote)
        self.remote_status = remote_status
        self.raw_response = raw_response


class HarvestUnauthorized(HarvestError):
    """The token is expired, revoked, or not good for this account."""

    status = 401
    code = "harvest_unauthorized"


class HarvestGrantRefused(HarvestError):
    """The identity host refused a code or a refresh token; `reason` is its OAuth error, such as `invalid_grant`."""

    status = 401
    code = "harvest_grant_refused"

    def __init__(self, message: str, *, reason: str, **remote: Any) -> None:
        super().__init__(message, **remote)
        self.reason = reason


class HarvestForbidden(HarvestError):
    """Harvest knows the person and does not let them."""

    status = 403
    code = "harvest_forbidden"


class RefreshInProgress(BridgeError):
    """The access token is being renewed, and that takes longer than the caller can wait. Says nothing about it.

    Nothing was sent to the API.
    """

    status = 503
    code = "token_refresh_in_progress"


class HarvestNotFound(HarvestError):
    """No such record, or hidden from this person."""

    status = 404
    code = "harvest_not_found"


class HarvestRejected(HarvestError):
    """Harvest checked what we sent and refused it; the message is Harvest's own and meant for people."""

    status = 422
    code = "harvest_rejected"


class HarvestRateLimited(HarvestError):
    """The next turn comes later than the caller can wait for; `retry_after` says when.

    Shape: `state` is the budget as it was found; None where nobody counted, or Harvest itself refused.
    """

    status = 429
    code = "harvest_rate_limited"

    def __init__(self, message: str, *, state: BudgetState | None = None, **remote: Any) -> None:
        super().__init__(message, **remote)
        self.state = state


class HarvestUnavailable(HarvestError):
    """Harvest is down, or could not be reached at all."""

    status = 503
    code = "harvest_unavailable"


class PacingUnavailable(HarvestUnavailable):
    """The store that counts requests is away, so nothing is sent: better late than over the limit."""

    code = "pacing_unavailable"


class PacingStorageFull(PacingUnavailable):
    """There is no room on the disk to count requests, so nothing is sent; callers meet the same code in writes."""

    code = "storage_full"


class HarvestOutcomeUnknown(HarvestUnavailable):
    """A write was sent and no usable answer came: it may have happened. Look before you repeat it.

    Shape: `answered` is the status of the answer that cannot be used; None where none began.
    """

    code = "harvest_outcome_unknown"
    may_have_happened = True

    def __init__(self, message: str, *, answered: int | None = None, **remote: Any) -> None:
        super().__init__(message, **remote)
        self.answered = answered


class HarvestTimeout(HarvestError):
    """No answer in time."""

    status = 504
    code = "harvest_timeout"


class HarvestMalformed(HarvestError):
    """An answer came that is not what Harvest documents."""

    status = 502
    code = "harvest_malformed"


class HarvestAnswerTooLong(HarvestMalformed):
    """An answer that would have to be held in memory, and is too long for that."""

    code = "harvest_answer_too_long"


class TooManyPages(HarvestError):
    """A list went on beyond the bound that the caller set, and a part must not pass for the whole."""

    status = 502
    code = "harvest_too_many_pages"
