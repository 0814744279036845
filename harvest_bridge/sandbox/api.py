"""The API host: from an HTTP request to the answer of a resource, refusals included."""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass
from time import perf_counter
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from harvest_bridge.sandbox.account import Account
from harvest_bridge.sandbox.bodies import read_body
from harvest_bridge.sandbox.call import Answer, Call
from harvest_bridge.sandbox.errors import (
    Refusal,
    forbidden,
    invalid_token,
    no_token,
    no_user_agent,
    not_found,
    throttled,
)
from harvest_bridge.sandbox.identities import Token
from harvest_bridge.sandbox.pages import refused
from harvest_bridge.sandbox.records import User
from harvest_bridge.sandbox.resources import router
from harvest_bridge.sandbox.rights import Rights
from harvest_bridge.sandbox.world import World

encoder = msgspec.json.Encoder()


@dataclass(frozen=True, slots=True)
class Caller:
    token: Token
    account: Account
    person: User


class HarvestApi:
    """Answers everything under `/v2` and its alias `/api/v2`."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._router = router()

    async def __call__(self, request: Request) -> Response:
        body = await request.body()
        begun = perf_counter()
        try:
            with self._world.lock:
                response = self._success(request, self._answer(request, body))
        except Refusal as refusal:
            response = refused(refusal)
        response.headers["X-Request-Id"] = uuid.uuid4().hex
        response.headers["X-Runtime"] = f"{perf_counter() - begun:.6f}"
        return response

    def _answer(self, request: Request, body: bytes) -> Answer:
        """Errors: a Refusal for everything that is not a success, in the order in which Harvest looks."""
        if not request.headers.get("user-agent"):
            raise no_user_agent()
        caller = self._caller(request)
        path = request.path_params["path"].removesuffix(".json")
        self._spend(caller.token, is_report=path.startswith("reports/"))
        route, ids = self._router.find(request.method, path)
        rights = Rights(caller.account, caller.person)
        if not route.may(rights):
            raise forbidden()
        call = Call(
            world=self._world,
            account=caller.account,
            person=caller.person,
            rights=rights,
            path=f"/{path.strip('/')}",
            query=dict(request.query_params),
            body=read_body(request.headers.get("content-type", ""), body),
            base_url=f"{request.url.scheme}://{request.url.netloc}",
        )
        return route.handler(call, *ids)

    def _caller(self, request: Request) -> Caller:
        """Errors: 401 in every case that Harvest does not tell apart (REFERENCE §2.7)."""
        token = self._world.tokens.find(bearer_token(request))
        if token is None:
            raise invalid_token()
        account_id = request.headers.get("harvest-account-id") or request.query_params.get("account_id", "")
        account = self._world.accounts.get(int(account_id)) if account_id.isdigit() else None
        if account is None or account.id not in token.grant.account_ids or account.product != "harvest":
            raise not_found() if account_id and self._world.switches.unknown_account == "404" else invalid_token()
        person = account.users.get(token.grant.identity.users.get(account.id))
        if person is None or not person.is_active:
            raise invalid_token()
        return Caller(token, account, person)

    def _spend(self, token: Token, *, is_report: bool) -> None:
        wait = self._world.limits.admit(token.value, is_report=is_report)
        if wait is not None:
            raise throttled(wait, self._world.switches.throttled_body)

    def _success(self, request: Request, answer: Answer) -> Response:
        if answer.payload is None:
            return Response(status_code=answer.status, headers={"Cache-Control": "no-cache, no-store"})
        content = encoder.encode(answer.payload)
        response = json_response(content, answer.status)
        response.headers["ETag"] = f'W/"{hashlib.blake2b(content, digest_size=16).hexdigest()}"'
        response.headers["Cache-Control"] = "no-cache, no-store"
        response.headers["Vary"] = "Origin"
        if answer.location is not None:
            response.headers["Location"] = f"{request.url.scheme}://{request.url.netloc}/api/v2{answer.location}"
        return response


def bearer_token(request: Request) -> str:
    """The token of the header, or of the documented query parameter. Errors: 401 when there is none."""
    scheme, _, value = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and value:
        return value.strip()
    from_query = request.query_params.get("access_token")
    if not from_query:
        raise no_token()
    return from_query


def json_response(content: bytes, status: int = 200) -> Response:
    return Response(content, status, media_type="application/json; charset=utf-8")


def encode(value: Any) -> bytes:
    return encoder.encode(value)
