"""An example of each error for the OpenAPI description, in the words that callers get."""

from __future__ import annotations

import http
from collections.abc import Iterable
from typing import Any

from harvest_bridge.errors import BridgeError
from harvest_bridge.harvest.errors import HarvestError

Json = dict[str, Any]

# Those that Django REST framework raises, with its own codes.
OF_THE_FRAMEWORK = {"parse_error": 400, "unsupported_media_type": 415}
_ANY = "What went wrong, and what to do about it."
_MESSAGES = {
    "account_connection_needed": "Link the whole account: identities are matched against all of its people.",
    "body_too_long": "A JSON body may have 8 MB here; send less at once.",
    "credentials_in_query": "access_token: credentials do not go into the address; send them as headers.",
    "harvest_answer_too_long": (
        "Harvest's answer is longer than 16 MB; ask for less (`limit`), or read it through /v2, which streams it."
    ),
    "harvest_error": "Harvest answered 502 Bad Gateway.",
    "harvest_forbidden": "Not authorized!",
    "harvest_malformed": "Harvest answered with something that is not JSON.",
    "harvest_not_found": "Not Found",
    "harvest_outcome_unknown": "Harvest took the request and gave no answer: look before you repeat it.",
    "harvest_rate_limited": "Harvest's allowance is used up for the next 4 seconds.",
    "harvest_rejected": "Project can't be blank, Task can't be blank, Spent date can't be blank",
    "harvest_timeout": "Harvest did not answer in time.",
    "harvest_unauthorized": "The access token provided is expired, revoked, malformed or invalid for other reasons.",
    "harvest_unavailable": "Harvest answered 503 Service Unavailable.",
    "idempotency_key_in_use": "Idempotency-Key: the first request with this key still runs; ask again.",
    "idempotency_key_reused": (
        "Idempotency-Key: this key came with another request before; use a new key for a new request."
    ),
    "idempotency_outcome_unknown": (
        "Idempotency-Key: the bridge was stopped while the request with this key ran. It may have been carried out: "
        "look, and use a new key to do it again."
    ),
    "invalid_api_key": "The API key hb_live_9tnPuw… was revoked; issue a new one in the admin.",
    "invalid_integrated_account_token": "This integrated-account token has expired; ask for a new one.",
    "invalid_request": "limit: must be a whole number from 1 to 2000, not '0'.",
    "missing_integrated_account_id": "integrated_account_id: name the connection.",
    "missing_scope": "This API key lacks the scope “harvest”; add it in the admin or use another key.",
    "missing_token": "Send your token as `Authorization: Bearer <token>`.",
    "needs_reauth": "Harvest no longer takes this connection's tokens; link the account again.",
    "no_such_connection": "integrated_account_id: this host app has no connection 'be72481b-e060-4103-baa8'.",
    "not_found": "There is nothing at /unified/user-directory/people; see /docs/ for the routes.",
    "pacing_unavailable": "Redis, which counts our requests to Harvest, is away.",
    "parse_error": "JSON parse error - Expecting property name enclosed in double quotes: line 1 column 2 (char 1)",
    "right_not_granted": (
        "POST /v2/invoices takes the right “invoices”, which this connection was linked without. Let the host app ask "
        "for it (admin, host app, rights; or `rights` of POST /link-token), and link the account again."
    ),
    "token_not_accepted": "This kind of token is not accepted here; see docs/api.md, “Tokens”.",
    "token_refresh_failed": "Harvest cannot renew this connection's tokens at the moment; nothing was sent.",
    "token_refresh_in_progress": "Harvest is slow to renew this connection's tokens; try again.",
    "too_busy": "Too much is asked at once; try again soon.",
    "too_many_at_once": "More than 125 requests of this customer at once.",
    "too_many_connections": "Too many connections are open; try again soon.",
    "unknown_token": "This is not a token of ours; API keys begin with hb_live_.",
    "unsupported_media_type": 'Unsupported media type "text/csv" in request.',
}
# As Harvest itself said it (REFERENCE §5).
_RAW: Json = {
    "harvest_unauthorized": {"error": "invalid_token", "error_description": _MESSAGES["harvest_unauthorized"]},
    "harvest_forbidden": {"message": _MESSAGES["harvest_forbidden"]},
    "harvest_not_found": {"status": 404, "error": "Not Found"},
    "harvest_rejected": {"message": _MESSAGES["harvest_rejected"]},
    "harvest_unavailable": "",
}


def examples_of(kinds: Iterable[type[BridgeError]]) -> Json:
    """By code, as OpenAPI's components have them."""
    found = {kind.code: _example(kind) for kind in kinds}
    for code, status in OF_THE_FRAMEWORK.items():
        found[code] = {"summary": _title(code), "value": _value(code, status)}
    return dict(sorted(found.items()))


def _example(kind: type[BridgeError]) -> Json:
    remote: Json = {}
    if issubclass(kind, HarvestError) and kind.code in _RAW:
        remote = {"truto_is_remote_error": True, "raw_response": _RAW[kind.code]}
    summary = (kind.__doc__ or _title(kind.code)).split("\n")[0]
    return {"summary": summary, "value": _value(kind.code, kind.status) | remote}


def _value(code: str, status: int) -> Json:
    phrase = http.HTTPStatus(status).phrase
    return {"statusCode": status, "error": phrase, "message": _MESSAGES.get(code, _ANY), "code": code}


def _title(code: str) -> str:
    return code.replace("_", " ").capitalize() + "."
