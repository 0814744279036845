"""Pages of other origins: they may read, as Harvest's own browser sample does (REFERENCE §1; preflight unconfirmed)."""

from __future__ import annotations

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from harvest_bridge.sandbox.world import World

SHARED = ("/v2/", "/api/v2/")
PREFLIGHT = [
    (b"access-control-allow-methods", b"GET, OPTIONS"),
    (b"access-control-allow-headers", b"Authorization, Harvest-Account-ID, User-Agent"),
    (b"access-control-max-age", b"7200"),
    (b"content-length", b"0"),
]


class Cors:
    def __init__(self, app: ASGIApp, world: World) -> None:
        self._app = app
        self._world = world

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        origin = dict(scope["headers"]).get(b"origin")
        if origin is None or self._world.switches.cors == "none" or not scope["path"].startswith(SHARED):
            await self._app(scope, receive, send)
            return
        allowed = [(b"access-control-allow-origin", origin)]
        if scope["method"] == "OPTIONS":
            await send({"type": "http.response.start", "status": 200, "headers": [*allowed, *PREFLIGHT]})
            await send({"type": "http.response.body", "body": b""})
            return

        async def shared(message: Message) -> None:
            if message["type"] == "http.response.start" and scope["method"] == "GET":
                message["headers"] = [*message["headers"], *allowed]
            await send(message)

        await self._app(scope, receive, shared)
