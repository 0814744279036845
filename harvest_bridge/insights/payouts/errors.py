"""What can go wrong with payouts.

BridgeError             500 internal_error
├ AlreadyPaid           409 payout_already_paid
├ CannotExport          422 payout_cannot_export
├ ChangedSinceVerified  409 payout_changed
├ DiffersFromHarvest    409 payout_differs_from_harvest
├ NoSuchPayout          404 no_such_payout
├ PaidThroughAnother    409 payout_account_taken
├ PeriodClosed          409 payout_closed
├ PeriodNotValid        400 payout_period_invalid
├ PeriodsOverlap        409 payout_periods_overlap
├ RateTaken             409 payout_rate_taken
└ StepRefused           409 payout_step_refused
"""

from __future__ import annotations

from harvest_bridge.errors import BridgeError


class PeriodNotValid(BridgeError):
    """These days are no period of this kind; the message names the field and the days that would be."""

    status = 400
    code = "payout_period_invalid"


class NoSuchPayout(BridgeError):
    """This account has no such period, statement, rate or payee."""

    status = 404
    code = "no_such_payout"


class PaidThroughAnother(BridgeError):
    """Another connection of this host app to the same Harvest account pays its hours; the message names it."""

    status = 409
    code = "payout_account_taken"


class PeriodsOverlap(BridgeError):
    """Another period pays some of these days to some of these people; the message names it."""

    status = 409
    code = "payout_periods_overlap"


class DiffersFromHarvest(BridgeError):
    """Harvest does not say what the mirror says; `differences` has both. The mirror was asked to read again."""

    status = 409
    code = "payout_differs_from_harvest"


class StepRefused(BridgeError):
    """The step before this one was not taken; the message says which."""

    status = 409
    code = "payout_step_refused"


class ChangedSinceVerified(BridgeError):
    """What would be closed is not what was verified; it is a draft again."""

    status = 409
    code = "payout_changed"


class PeriodClosed(BridgeError):
    """A closed period is never changed or deleted."""

    status = 409
    code = "payout_closed"


class AlreadyPaid(BridgeError):
    """Another payment was noted for this statement; the message has its reference."""

    status = 409
    code = "payout_already_paid"


class RateTaken(BridgeError):
    """A rate for the same person, project and task begins on that day already."""

    status = 409
    code = "payout_rate_taken"


class CannotExport(BridgeError):
    """The file would lack something that its reader demands; the message names whom it lacks for."""

    status = 422
    code = "payout_cannot_export"
