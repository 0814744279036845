"""Composes the sandbox: API host, identity host and pages on one server."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from harvest_bridge.sandbox.api import HarvestApi
from harvest_bridge.sandbox.errors import no_route
from harvest_bridge.sandbox.oauth import IdentityHost
from harvest_bridge.sandbox.pages import STATIC, refused
from harvest_bridge.sandbox.timesheet import TimesheetPage
from harvest_bridge.sandbox.wire import Wire
from harvest_bridge.sandbox.world import World

VERBS = ["GET", "POST", "PUT", "PATCH", "DELETE"]


def create_app(world: World) -> ASGIApp:
    api, identity, timesheet = HarvestApi(world), IdentityHost(world), TimesheetPage(world)
    routes = [
        Route("/oauth2/authorize", identity.authorize, methods=["GET"]),
        Route("/oauth2/authorize", identity.decide, methods=["POST"]),
        Route("/api/v2/oauth2/token", identity.token, methods=["POST"]),
        Route("/api/v2/accounts", identity.accounts, methods=["GET"]),
        Route("/v2/{path:path}", api.__call__, methods=VERBS),
        Route("/api/v2/{path:path}", api.__call__, methods=VERBS),
        Route("/timesheet/{account_id:int}/{user_id:int}", timesheet.__call__, methods=["GET"]),
        Mount("/sandbox/static", StaticFiles(directory=STATIC)),
    ]
    return Wire(Starlette(routes=routes, exception_handlers={404: _unknown, 405: _unknown}), world)


async def _unknown(request: Request, error: Exception) -> Response:
    return refused(no_route())
