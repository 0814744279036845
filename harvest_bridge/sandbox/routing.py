"""Which function answers which verb and path, and who may ask."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from harvest_bridge.sandbox.call import Answer
from harvest_bridge.sandbox.errors import no_route, not_found
from harvest_bridge.sandbox.fields import as_int
from harvest_bridge.sandbox.rights import Rights, anyone

Handler = Callable[..., Answer]
Permission = Callable[[Rights], bool]


@dataclass(frozen=True, slots=True)
class Route:
    """Shape: `segments` are the parts of the path; None stands for an id, handed to `handler` as an int."""

    method: str
    segments: tuple[str | None, ...]
    handler: Handler
    may: Permission


class Routes:
    """Collected by decorators: `@routes.get("/clients/{id}", may=client_managers)`. Paths are under `/v2`."""

    def __init__(self) -> None:
        self.routes: list[Route] = []

    def get(self, path: str, *, may: Permission = anyone) -> Callable[[Handler], Handler]:
        return self._add("GET", path, may)

    def post(self, path: str, *, may: Permission = anyone) -> Callable[[Handler], Handler]:
        return self._add("POST", path, may)

    def patch(self, path: str, *, may: Permission = anyone) -> Callable[[Handler], Handler]:
        return self._add("PATCH", path, may)

    def delete(self, path: str, *, may: Permission = anyone) -> Callable[[Handler], Handler]:
        return self._add("DELETE", path, may)

    def _add(self, method: str, path: str, may: Permission) -> Callable[[Handler], Handler]:
        segments = tuple(None if part.startswith("{") else part for part in path.strip("/").split("/"))

        def register(handler: Handler) -> Handler:
            self.routes.append(Route(method, segments, handler, may))
            return handler

        return register


class Router:
    """Finds the route of a request. Fixed words win over ids: `/users/me` is not the user called "me"."""

    def __init__(self, *tables: Routes) -> None:
        self._by_shape: dict[tuple[str, int], list[Route]] = {}
        for route in (route for table in tables for route in table.routes):
            self._by_shape.setdefault((route.method, len(route.segments)), []).append(route)
        for routes in self._by_shape.values():
            routes.sort(key=lambda route: [part is None for part in route.segments])

    def find(self, method: str, path: str) -> tuple[Route, list[int]]:
        """Errors: an HTML 404 for an unknown route, the JSON one for an id that is no number (REFERENCE §5.1)."""
        parts = path.strip("/").split("/")
        for route in self._by_shape.get((method, len(parts)), []):
            pairs = list(zip(route.segments, parts, strict=True))
            if all(fixed is None or fixed == part for fixed, part in pairs):
                return route, [_id(part) for fixed, part in pairs if fixed is None]
        raise no_route()


def _id(part: str) -> int:
    number = as_int(part)
    if number is None:
        raise not_found()
    return number
