"""GET /health/live: the event loop answers, whatever Django and the database are doing."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse


async def answer(_: Request) -> JSONResponse:
    return JSONResponse({"status": "ok"})
