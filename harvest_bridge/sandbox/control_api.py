"""The control API under `/sandbox/api`: the actions of `control.py` as JSON (docs/sandbox.md)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from harvest_bridge.sandbox.answers import json_response
from harvest_bridge.sandbox.control import Control, Mistake
from harvest_bridge.sandbox.foreign import foreign_refused, is_foreign
from harvest_bridge.sandbox.world import World

PREFIX = "/sandbox/api"
Action = Callable[[dict[str, Any]], Any]


def control_routes(world: World) -> list[Route]:
    control = Control(world)
    table: dict[str, dict[str, Action]] = {
        "/switches": {"GET": control.switches, "PATCH": control.turn},
        "/reset": {"POST": control.reset},
        "/clock": {"GET": control.clock, "PATCH": control.set_clock},
        "/faults": {"GET": control.faults, "POST": control.add_fault, "DELETE": control.remove_faults},
        "/journal": {"GET": control.journal, "DELETE": control.clear_journal},
        "/mail": {"GET": control.mail},
        "/accounts": {"GET": control.accounts},
        "/company": {"PATCH": control.set_company},
        "/rights": {"PATCH": control.set_rights},
        "/approvals": {"POST": control.approve},
        "/tokens": {"POST": control.issue_token},
        "/tokens/expire": {"POST": control.expire_token},
        "/tokens/revoke": {"POST": control.revoke_token},
        "/tokens/personal": {"POST": control.restore_personal_token},
        "/budgets": {"GET": control.budgets},
    }
    return [
        Route(PREFIX + path, _endpoint(world, action), methods=[method])
        for path, actions in table.items()
        for method, action in actions.items()
    ]


def _endpoint(world: World, action: Action) -> Callable[[Request], Awaitable[Response]]:
    """The body (or, of a GET, the query) as a dict; mistakes are a 400 that names them."""

    async def endpoint(request: Request) -> Response:
        if is_foreign(request):
            return foreign_refused()
        try:
            sent = dict(request.query_params) if request.method == "GET" else _object(await request.body())
            with world.lock:
                return json_response(action(sent))
        except (Mistake, msgspec.ValidationError, msgspec.DecodeError) as mistake:
            return json_response({"error": str(mistake)}, 400)

    return endpoint


def _object(body: bytes) -> dict[str, Any]:
    return msgspec.json.decode(body or b"{}", type=dict[str, Any])
