"""`Idempotency-Key`: a write under the same key happens once, and is answered the same however often it is sent.

The runner holds a lock that dies with its process, and a row that does not. So whoever gets the lock and finds a row
without an answer knows that its runner was killed, and says that nobody knows rather than doing it again.
"""

from __future__ import annotations

import hashlib
import json
import re
import time
from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone
from msgspec import Raw
from rest_framework.request import Request
from rest_framework.response import Response

from harvest_bridge.crypto.ring import key_ring
from harvest_bridge.errors import BridgeError
from harvest_bridge.harvest.operations import RawBody
from harvest_bridge.hosts.models import HostApp

from .database_connections import let_go_of_database
from .deferred_writes import kept_writes
from .errors import InvalidRequest, body_of, headers_of
from .locks import try_lock
from .models import IdempotentWrite
from .outages import outage_of, outages
from .renderers import JsonRenderer

KEPT = timedelta(hours=24)
REPLAYED = "idempotent-replayed"
_KEY = re.compile(r"[\x21-\x7e]{1,255}")
_FIRST_PAUSE_SECONDS, _LONGEST_PAUSE_SECONDS = 0.05, 0.5
# Refusals that may end without any change to the request: what they refused was not done and may be tried again.
_PASSING = {401, 403, 408, 424, 425, 429}


class KeyReused(BridgeError):
    """The key came with another request before."""

    status = 422
    code = "idempotency_key_reused"


class KeyInUse(BridgeError):
    """The first request under this key still runs. Not a 409, which clients repeat without waiting."""

    status = 503
    code = "idempotency_key_in_use"


class KeyOutcomeUnknown(BridgeError):
    """The process that ran the first request was killed on the way."""

    status = 422
    code = "idempotency_outcome_unknown"


def once(request: Request, *, host_app: HostApp, about: str, run: Callable[[], Response]) -> Response:
    """`run()`, or the answer that it gave before under the request's key. Without a key, just `run()`.

    `about` is what the key is unique within, besides the host app and the path: the connection.
    Errors: InvalidRequest, KeyReused, KeyInUse, KeyOutcomeUnknown; those of `run`, which raises its own.
    """
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return run()
    if not _KEY.fullmatch(key):
        raise InvalidRequest("Idempotency-Key: must be 1 to 255 visible ASCII characters without spaces.")
    slot = _digest(str(host_app.pk), about, request.path_info, key)
    fingerprint = _digest(request.method, sorted(request.query_params.lists()), request.data)
    deadline = time.monotonic() + settings.HARVEST_TIMEOUT_SECONDS
    pause = _FIRST_PAUSE_SECONDS
    while True:
        with try_lock(f"idempotency {slot}") as is_ours:
            if is_ours:
                return _answer(slot, fingerprint, host_app, run)
        if time.monotonic() > deadline:
            raise KeyInUse("Idempotency-Key: the first request with this key still runs; ask again.", retry_after=2)
        let_go_of_database()
        time.sleep(pause)
        pause = min(_LONGEST_PAUSE_SECONDS, pause * 1.5)


def forget_expired(*, now: datetime) -> None:
    """Keys are good for a day."""
    IdempotentWrite.objects.filter(started_at__lt=now - KEPT).delete()


def _answer(slot: str, fingerprint: str, host_app: HostApp, run: Callable[[], Response]) -> Response:
    """Whoever calls holds the slot's lock."""
    kept_writes.catch_up(slot)
    IdempotentWrite.objects.filter(slot=slot, started_at__lt=timezone.now() - KEPT).delete()
    row, is_first = IdempotentWrite.objects.get_or_create(
        slot=slot, defaults={"host_app": host_app, "fingerprint": fingerprint}
    )
    if is_first:
        return _run(row, run)
    if row.fingerprint != fingerprint:
        raise KeyReused("Idempotency-Key: this key came with another request before; use a new key for a new request.")
    if row.status is None:
        raise KeyOutcomeUnknown(
            "Idempotency-Key: the bridge was stopped while the request with this key ran. It may have been carried "
            "out: look, and use a new key to do it again."
        )
    kept = key_ring().open(row.sealed_body, bound_to=row.binding)
    return Response(Raw(kept.encode()), status=row.status, headers={**row.headers, REPLAYED: "true"})


def _run(row: IdempotentWrite, run: Callable[[], Response]) -> Response:
    """Anything but a BridgeError or an outage is a bug, after which nobody knows: the row stays without an answer."""
    try:
        response = run()
    except outages(BridgeError) as error:
        known = error if isinstance(error, BridgeError) else outage_of(error)
        if known is None:
            raise
        if is_final(known):
            _keep(row, Response(body_of(known), status=known.status, headers=headers_of(known)))
        else:
            kept_writes.write(row.slot, IdempotentWrite.objects.filter(pk=row.pk).delete)
        raise known from error
    _keep(row, response)
    return response


def is_final(error: BridgeError) -> bool:
    """Whether the next attempt must not be made, or could not end otherwise. Of anything else nothing was done."""
    return error.may_have_happened or (error.status < 500 and error.status not in _PASSING)


def _keep(row: IdempotentWrite, response: Response) -> None:
    """Sealed: what Harvest answered is the customer's, and is read again only by who has the key."""
    kept = {
        "status": response.status_code,
        "sealed_body": key_ring().seal(JsonRenderer().render(response.data).decode(), bound_to=row.binding),
        "headers": {name: response[name] for name in ("Retry-After", "Location") if name in response},
    }
    kept_writes.write(row.slot, lambda: IdempotentWrite.objects.filter(pk=row.pk).update(**kept))


def _digest(*parts: object) -> str:
    return hashlib.sha256(json.dumps(parts, sort_keys=True, default=_plain).encode()).hexdigest()


def _plain(body: object) -> object:
    """A body that is no JSON: its bytes count, and what they are said to be. Of a number as written, its digits."""
    if isinstance(body, Raw):
        return bytes(body).decode()
    if not isinstance(body, RawBody):
        raise TypeError(f"cannot digest a {type(body).__name__}")
    return [body.content_type, hashlib.sha256(body.content).hexdigest()]
