"""GET /health/live: 200 while the event loop runs, whatever Django and the database do."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse

from harvest_bridge.version import version


async def answer(_: Request) -> JSONResponse:
    return JSONResponse({"status": "ok", "version": version()})
