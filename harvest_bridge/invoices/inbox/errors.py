"""Why a provider's webhook is not taken.

BridgeError             500 internal_error
├ InboxError            400 payment_inbox_refused
│ ├ EventTooOld         400 event_too_old
│ ├ InboxBodyInvalid    400 inbox_body_invalid
│ ├ InboxMappingFailed  422 inbox_expression_failed
│ ├ SignatureInvalid    400 signature_invalid
│ └ SignatureMissing    400 signature_missing
└ InboxUnknown          404 inbox_unknown
"""

from __future__ import annotations

from typing import Any

from harvest_bridge.errors import BridgeError


class InboxUnknown(BridgeError):
    """There is no such inbox, or not of this provider."""

    status = 404
    code = "inbox_unknown"


class InboxError(BridgeError):
    """Nothing of the body was taken. Shape: `field` names the header, or what of the body, it is about."""

    status = 400
    code = "payment_inbox_refused"

    def __init__(self, message: str, *, field: str, **extra: Any) -> None:
        super().__init__(f"{field}: {message}", field=field, fields={field: message}, **extra)


class SignatureMissing(InboxError):
    status = 400
    code = "signature_missing"


class SignatureInvalid(InboxError):
    status = 400
    code = "signature_invalid"


class EventTooOld(InboxError):
    """It was signed, or happened, longer ago than providers try again."""

    status = 400
    code = "event_too_old"


class InboxBodyInvalid(InboxError):
    status = 400
    code = "inbox_body_invalid"


class InboxMappingFailed(InboxError):
    """The inbox's expression cannot read this body, or gives what is no payment."""

    status = 422
    code = "inbox_expression_failed"
