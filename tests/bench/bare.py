"""What we are measured against: a pass-through without keys, pacing, logging or links, as short as it can be."""

from __future__ import annotations

import os

import httpx
from httpx_aiohttp import AiohttpTransport
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

UPSTREAM = os.environ["UPSTREAM"]
client = httpx.AsyncClient(transport=AiohttpTransport())


async def pass_through(request: Request) -> Response:
    answer = await client.get(UPSTREAM + request.url.path, headers={"accept-encoding": "identity"})
    return Response(answer.content, answer.status_code, {"content-type": answer.headers["content-type"]})


application = Starlette(routes=[Route("/v2/{path:path}", pass_through)])
