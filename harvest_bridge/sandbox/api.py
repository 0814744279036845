"""The API host: from an HTTP request to the answer of a resource, refusals included."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from time import perf_counter
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from harvest_bridge.sandbox.answers import no_content, respond
from harvest_bridge.sandbox.bodies import read_body
from harvest_bridge.sandbox.call import Answer, Call
from harvest_bridge.sandbox.callers import Caller, caller_of
from harvest_bridge.sandbox.errors import Refusal, forbidden, no_user_agent, throttled
from harvest_bridge.sandbox.modules import require_module
from harvest_bridge.sandbox.pages import refused
from harvest_bridge.sandbox.rights import Rights
from harvest_bridge.sandbox.routes import router
from harvest_bridge.sandbox.routing import Handler
from harvest_bridge.sandbox.world import World


@dataclass(frozen=True, slots=True)
class Visit:
    """A request that may go on: whose it is, and which function answers it."""

    caller: Caller
    rights: Rights
    handler: Handler
    ids: list[int]
    path: str


class HarvestApi:
    """Answers everything under `/v2` and its alias `/api/v2`."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._router = router()

    async def __call__(self, request: Request) -> Response:
        begun = perf_counter()
        try:
            with self._world.lock:
                visit = self._admit(request)
            body = await read_body(request)
            with self._world.lock:
                response = self._respond(request, self._serve(request, visit, body))
        except Refusal as refusal:
            response = refused(refusal)
        response.headers["Vary"] = "Origin"
        response.headers["X-Request-Id"] = uuid.uuid4().hex
        response.headers["X-Runtime"] = f"{perf_counter() - begun:.6f}"
        return response

    def _admit(self, request: Request) -> Visit:
        """Errors: a Refusal, in the order in which Harvest looks: agent, token and account, budget, path, right."""
        if not request.headers.get("user-agent"):
            raise no_user_agent()
        caller = caller_of(request, self._world)
        path = request.path_params["path"].removesuffix(".json").strip("/")
        self._spend(caller, is_report=path.startswith("reports/"))
        route, ids = self._router.find(request.method, path)
        require_module(caller.account, path, self._world.switches)
        rights = Rights(caller.account, caller.person)
        if not route.may(rights):
            raise forbidden()
        return Visit(caller, rights, route.handler, ids, f"/{path}")

    def _serve(self, request: Request, visit: Visit, body: dict[str, Any]) -> Answer:
        call = Call(
            world=self._world,
            account=visit.caller.account,
            person=visit.caller.person,
            rights=visit.rights,
            path=visit.path,
            query=dict(request.query_params),
            body=body,
            base_url=base_url(request),
        )
        return visit.handler(call, *visit.ids)

    def _spend(self, caller: Caller, *, is_report: bool) -> None:
        switches = self._world.switches
        wait = self._world.limits.admit(caller.purse(switches.budget_per), is_report=is_report)
        if wait is not None:
            raise throttled(wait, switches.throttled_body)

    def _respond(self, request: Request, answer: Answer) -> Response:
        if answer.payload is None:
            return no_content(answer.status)
        location = f"{base_url(request)}/api/v2{answer.location}" if answer.location else None
        known = request.headers.get("if-none-match") if self._world.switches.conditional_get == "304" else None
        return respond(answer.payload, answer.status, location=location, known=known)


def base_url(request: Request) -> str:
    return f"{request.url.scheme}://{request.url.netloc}"
