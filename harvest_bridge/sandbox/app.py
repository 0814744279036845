"""Composes the sandbox: API host, identity host, control API and pages on one server."""

from __future__ import annotations

from collections.abc import Collection

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from harvest_bridge.sandbox.api import HarvestApi
from harvest_bridge.sandbox.consent import ConsentPages
from harvest_bridge.sandbox.console.routes import console_routes
from harvest_bridge.sandbox.control_api import control_routes
from harvest_bridge.sandbox.cors import Cors
from harvest_bridge.sandbox.errors import no_route
from harvest_bridge.sandbox.pages import STATIC, refused
from harvest_bridge.sandbox.receipts import Receipts
from harvest_bridge.sandbox.timesheet import TimesheetPage
from harvest_bridge.sandbox.token_endpoint import TokenEndpoint
from harvest_bridge.sandbox.wire import Wire
from harvest_bridge.sandbox.world import World

VERBS = ["GET", "POST", "PUT", "PATCH", "DELETE"]


def create_app(world: World, names: Collection[str] = ()) -> ASGIApp:
    """`names` are those of hosts by which it is reached, beside addresses and localhost."""
    api, consent, tokens = HarvestApi(world), ConsentPages(world), TokenEndpoint(world)
    routes = [
        Route("/oauth2/authorize", consent.show, methods=["GET"]),
        Route("/oauth2/authorize", consent.decide, methods=["POST"]),
        Route("/api/v2/oauth2/token", tokens.exchange, methods=["POST"]),
        Route("/api/v2/accounts", tokens.accounts, methods=["GET"]),
        Route("/v2/{path:path}", api.__call__, methods=VERBS),
        Route("/api/v2/{path:path}", api.__call__, methods=VERBS),
        Route("/expenses/{expense_id:int}/receipt", Receipts(world).__call__, methods=["GET"]),
        Route("/timesheet/{account_id:int}/{user_id:int}", TimesheetPage(world).__call__, methods=["GET"]),
        Route("/health/ready", _ready, methods=["GET"]),
        Route("/favicon.ico", _icon, methods=["GET"]),
        *console_routes(world),
        *control_routes(world),
        Mount("/sandbox/static", StaticFiles(directory=STATIC)),
    ]
    starlette = Starlette(routes=routes, exception_handlers={404: _unknown, 405: _unknown})
    return Wire(Cors(starlette, world), world, names)


async def _ready(request: Request) -> Response:
    return Response("ready", media_type="text/plain")


async def _icon(request: Request) -> Response:
    return FileResponse(STATIC / "mark.svg", media_type="image/svg+xml")


async def _unknown(request: Request, error: Exception) -> Response:
    return refused(no_route())
