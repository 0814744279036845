"""No byte from outside makes a 500: every parameter of every route, walked from the URL conf itself."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from .asking import Asked, answer
from .mutations import FORM_TYPE, JSON_TYPE, Mutation, in_cookies, in_form, in_headers, in_json, in_path, in_query
from .routes import Route, every_route
from .sampling import EVERYTHING, picker
from .spies import Seen, watching
from .world import World, forget

pytestmark = pytest.mark.django_db
# The admin is one library's pages over and over, each of which takes long: of each of its models' pages a part.
_PER_ADMIN_PAGE = 6


def parameters() -> list[Any]:
    """The admin asks any database the same way: it is one library's pages."""
    marks = {False: (), True: (pytest.mark.any_database,)}
    return [pytest.param(route, id=route.name or "root", marks=marks[is_admin(route)]) for route in every_route()]


def is_admin(route: Route) -> bool:
    return route.name.startswith(("admin/", "accounts/"))


@pytest.mark.parametrize("route", parameters())
def test_no_byte_from_outside_makes_a_500(world: World, route: Route) -> None:
    broken: dict[str, str] = {}
    for where, asked in chosen(route, list(mutations(world, route))):
        forget()
        response, trace = answer(asked)
        if response.status_code == 500 or trace:
            broken.setdefault(where, f"{asked!r:.700}\n{trace}")
    assert not broken, f"{len(broken)} places: {list(broken)}\n" + "\n".join(broken.values())


def chosen(route: Route, found: list[Mutation]) -> list[Mutation]:
    if EVERYTHING or not is_admin(route):
        return found
    return found[:: max(1, len(found) // _PER_ADMIN_PAGE)]


def mutations(world: World, route: Route) -> Iterator[Mutation]:
    good = path_of(world, route)
    for method in route.methods:
        asked, body, seen = probe(world, route, method)
        pick = picker(f"{method} {route.name}")
        yield from in_path(partial(at_path, asked, route), route.parameters, good, pick)
        yield from in_query(asked, seen.parameters, pick)
        yield from in_headers(asked, seen.headers, pick)
        yield from in_cookies(asked, {str(path[0]) for path in seen.cookies}, pick)
        if method != "get" and is_rest(route):
            yield from in_json(asked, body, seen.body, pick)
        elif method != "get":
            yield from in_form(asked, form_of(world, seen), pick)


def probe(world: World, route: Route, method: str) -> tuple[Asked, Any, Seen]:
    """A request that is as good as we can make it, by what was read of the ones before."""
    seen, asked, body = Seen(), base_of(world, route, method), {}
    for _ in range(3):
        forget()
        with watching(seen):
            answer(asked)
        known = [name for name in sorted(seen.parameters) if name in world.values]
        asked = replace(asked, query=tuple((name.encode(), str(world.values[name]).encode()) for name in known))
        if method != "get" and is_rest(route):
            names = {str(path[0]) for path in seen.body}
            body = {name: world.values[name] for name in sorted(names) if name in world.values}
            asked = replace(asked, body=json.dumps(body).encode())
        elif method != "get":
            asked = replace(asked, form=tuple((name.encode(), value) for name, value in form_of(world, seen).items()))
    return asked, body, seen


def base_of(world: World, route: Route, method: str) -> Asked:
    headers = {name: value.encode() for name, value in world.headers_for(route.view).items()}
    headers["content-type"] = JSON_TYPE if is_rest(route) else FORM_TYPE
    is_json = method != "get" and is_rest(route)
    return Asked(method, route.path(path_of(world, route)), headers=headers, body=b"{}" if is_json else b"")


def form_of(world: World, seen: Seen) -> dict[str, bytes]:
    """What the page's own form would send, else what we know by the names that were read."""
    given = {name: "" if value is None else value for name, value in seen.forms.items()}
    known = {name: world.values[name] for name in seen.parameters if name in world.values}
    return {name: str(value).encode() for name, value in (given | known).items()}


def path_of(world: World, route: Route) -> dict[str, bytes]:
    return {name: str(world.values.get(name, 1)).encode() for name in route.parameters}


def at_path(asked: Asked, route: Route, values: dict[str, bytes]) -> Asked:
    return replace(asked, path=route.path(values))


def is_rest(route: Route) -> bool:
    return hasattr(route.view, "cls")
