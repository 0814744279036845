"""From one good request all that could be odd about it, one place at a time."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from . import corpus
from .asking import Asked
from .spies import Path

# What any server, proxy or library of ours may read, whatever the view does.
HEADERS = """
    authorization accept accept-language accept-encoding cookie origin referer range prefer idempotency-key host
    harvest-bridge-deadline x-request-id traceparent tracestate if-none-match if-modified-since x-forwarded-for
    x-forwarded-proto x-forwarded-host sec-fetch-site user-agent content-length content-encoding x-csrftoken forwarded
    x-requested-with x-http-method-override
""".split()  # noqa: SIM905 (a list of literals takes a screen)
JSON_TYPE = b"application/json"
FORM_TYPE = b"application/x-www-form-urlencoded"
Mutation = tuple[str, Asked]
# Which of a corpus a place meets.
Pick = Callable[[str, Sequence[bytes]], Sequence[bytes]]


def in_path(make: Any, parameters: list[str], good: dict[str, bytes], pick: Pick) -> Iterator[Mutation]:
    """`make` builds the request from the values of its path."""
    for name in parameters:
        for word in pick(f"path {name}", corpus.WORDS):
            yield f"path {name}", make({**good, name: word})


def in_query(asked: Asked, names: set[str], pick: Pick) -> Iterator[Mutation]:
    for name in sorted(names):
        others = tuple(pair for pair in asked.query if pair[0] != name.encode())
        for word in pick(f"query {name}", corpus.WORDS):
            yield f"query {name}", replace(asked, query=(*others, (name.encode(), word)))
    for word in pick("query's own names", corpus.WORDS):
        yield "query's own names", replace(asked, query=(*asked.query, (word, b"1")))


def in_form(asked: Asked, form: dict[str, bytes], pick: Pick) -> Iterator[Mutation]:
    whole = tuple((name.encode(), value) for name, value in form.items())
    for name in sorted(form):
        others = tuple(pair for pair in whole if pair[0] != name.encode())
        for word in pick(f"form {name}", corpus.WORDS):
            odd = replace(asked, form=(*others, (name.encode(), word)))
            yield f"form {name}", odd.with_header("content-type", FORM_TYPE)


def in_headers(asked: Asked, read: set[str], pick: Pick) -> Iterator[Mutation]:
    any_view = [name.decode() for name in pick("headers", [name.encode() for name in HEADERS])]
    for name in sorted({*any_view, *read} - {"content-type"}):
        for value in pick(f"header {name}", corpus.HEADER_VALUES):
            yield f"header {name}", asked.with_header(name, value)
    for value in pick("header content-type", corpus.CONTENT_TYPES):
        yield "header content-type", asked.with_header("content-type", value)


def in_cookies(asked: Asked, names: set[str], pick: Pick) -> Iterator[Mutation]:
    before = asked.headers.get("cookie", b"")
    for name in sorted(names):
        for value in pick(f"cookie {name}", corpus.COOKIE_VALUES):
            yield f"cookie {name}", asked.with_header("cookie", before + b"; " + name.encode() + b"=" + value)


def in_json(asked: Asked, body: Any, paths: set[Path], pick: Pick) -> Iterator[Mutation]:
    typed = asked.with_header("content-type", JSON_TYPE)
    for path in sorted(paths | set(_places(body)), key=str):
        where = f"body {'.'.join(map(str, path))}"
        for fragment in pick(where, corpus.FRAGMENTS):
            yield where, replace(typed, body=_with(body, path, fragment))
    for raw in pick("body", corpus.BODIES):
        yield "body", replace(typed, body=raw)


def _places(value: Any, at: Path = ()) -> Iterator[Path]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield (*at, key)
        yield from _places(inner, (*at, key))


def _with(body: Any, path: Path, fragment: bytes) -> bytes:
    """The body as JSON with `fragment` in one place, put in after encoding: no encoder would write it."""
    changed = json.loads(json.dumps(body))
    at = changed if isinstance(changed, dict | list) else {}
    for key in path[:-1]:
        at = at[key] if isinstance(at, list) else at.setdefault(key, {})
        if not isinstance(at, dict | list):
            return fragment
    at[path[-1]] = "\x1aodd\x1a"  # type: ignore[index]
    return json.dumps(changed).encode().replace(rb'"\u001aodd\u001a"', fragment)
