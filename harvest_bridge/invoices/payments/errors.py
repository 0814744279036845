"""Why a payment is not recorded, or not deleted.

BridgeError            500 internal_error
└ PaymentError         422 payment_refused
  ├ AmountExceedsDue   422 amount_exceeds_due
  ├ AmountInvalid      400 amount_invalid
  ├ AmountTooPrecise   400 amount_too_precise
  ├ CardDataRefused    400 card_data_refused
  ├ CurrencyMismatch   422 currency_mismatch
  ├ ExternalIdReused   409 external_id_reused
  ├ InvoiceIsDraft     422 invoice_is_draft
  ├ InvoiceUnknown     404 invoice_unknown
  ├ InvoiceWrittenOff  422 invoice_written_off
  ├ PaymentInDoubt     409 payment_in_doubt
  ├ PaymentNotInDoubt  409 payment_not_in_doubt
  ├ PaymentNotThere    422 payment_not_there
  ├ PaymentUnderWay    503 payment_under_way
  ├ PaymentUnknown     404 payment_unknown
  └ PaymentWasDeleted  409 payment_was_deleted
"""

from __future__ import annotations

from typing import Any

from harvest_bridge.errors import BridgeError


class PaymentError(BridgeError):
    """A payment is not taken, and nothing of it is kept. Shape: `field` names what is wrong in the request."""

    status = 422
    code = "payment_refused"

    def __init__(self, message: str, *, field: str, **extra: Any) -> None:
        super().__init__(f"{field}: {message}", field=field, fields={field: message}, **extra)


class AmountInvalid(PaymentError):
    """No amount above zero in decimal text, or in whole minor units."""

    status = 400
    code = "amount_invalid"


class AmountTooPrecise(PaymentError):
    """More decimals than the currency has."""

    status = 400
    code = "amount_too_precise"


class CardDataRefused(PaymentError):
    """What looks like the number of a payment card; none is ever kept or passed on."""

    status = 400
    code = "card_data_refused"


class CurrencyMismatch(PaymentError):
    status = 422
    code = "currency_mismatch"


class AmountExceedsDue(PaymentError):
    status = 422
    code = "amount_exceeds_due"


class InvoiceIsDraft(PaymentError):
    status = 422
    code = "invoice_is_draft"


class InvoiceWrittenOff(PaymentError):
    status = 422
    code = "invoice_written_off"


class InvoiceUnknown(PaymentError):
    """Harvest has no such invoice, or not for the linker."""

    status = 404
    code = "invoice_unknown"


class ExternalIdReused(PaymentError):
    """This external id came with another amount, currency or invoice before."""

    status = 409
    code = "external_id_reused"


class PaymentWasDeleted(PaymentError):
    """This external id was recorded once, and deleted since: it stands for that payment for good."""

    status = 409
    code = "payment_was_deleted"


class PaymentInDoubt(PaymentError):
    """Whether Harvest has it is not known, and a person is to decide."""

    status = 409
    code = "payment_in_doubt"


class PaymentNotInDoubt(PaymentError):
    """There is nothing to decide about it."""

    status = 409
    code = "payment_not_in_doubt"


class PaymentNotThere(PaymentError):
    """Harvest has no such payment of this invoice, or it is of another amount, or another one of ours."""

    status = 422
    code = "payment_not_there"


class PaymentUnknown(PaymentError):
    """We recorded no payment of this external id for this invoice."""

    status = 404
    code = "payment_unknown"


class PaymentUnderWay(PaymentError):
    """It is being sent, or deleted, at this moment."""

    status = 503
    code = "payment_under_way"
