"""What we are measured against: a pass-through without keys, pacing, logging or links, as short as it can be.

At `/directory` it decodes Harvest's page of people and encodes an answer that is ready, which the file ANSWER holds.
"""

from __future__ import annotations

import os
from pathlib import Path

import httpx
import orjson
from httpx_aiohttp import AiohttpTransport
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

UPSTREAM = os.environ["UPSTREAM"]
READY = orjson.loads(Path(os.environ["ANSWER"]).read_bytes()) if "ANSWER" in os.environ else None
client = httpx.AsyncClient(transport=AiohttpTransport())


async def pass_through(request: Request) -> Response:
    query = f"?{request.url.query}" if request.url.query else ""
    answer = await client.get(UPSTREAM + request.url.path + query, headers={"accept-encoding": "identity"})
    return Response(answer.content, answer.status_code, {"content-type": answer.headers["content-type"]})


async def directory(request: Request) -> Response:
    answer = await client.get(f"{UPSTREAM}/v2/users?per_page=2000", headers={"accept-encoding": "identity"})
    orjson.loads(answer.content)
    return Response(orjson.dumps(READY), media_type="application/json")


application = Starlette(routes=[Route("/v2/{path:path}", pass_through), Route("/directory", directory)])
