"""What can be wrong with a request for one of Harvest's collections.

BridgeError            500 internal_error
├ AnswerTooLong        502 harvest_answer_too_long  (proxy.response_body)
├ MethodRefused        405 method_not_allowed  (proxy.drop_in)
├ NoAccountChosen      401 account_missing  (proxy.account_selection)
│ ├ AccountAmbiguous   401 account_ambiguous  (proxy.account_selection)
│ ├ AccountNotLinked   401 account_not_linked  (proxy.account_selection)
│ └ ConnectionUnknown  401 connection_unknown  (proxy.account_selection)
├ UnknownResource      404 unknown_resource
├ UnreadableBody       415 unsupported_media_type  (proxy.body_scan)
└ VerbNotOffered       405 method_not_allowed
"""

from __future__ import annotations

from harvest_bridge.errors import BridgeError


class UnknownResource(BridgeError):
    """Harvest has no such collection or method; the message names near ones."""

    status = 404
    code = "unknown_resource"


class VerbNotOffered(BridgeError):
    """Harvest has the collection, and cannot do that with it."""

    status = 405
    code = "method_not_allowed"
