"""Every route that Django serves, from the URL conf itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import RegexPattern
from django.utils.regex_helper import normalize

METHODS = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True)
class Route:
    """`parts` are pieces of the path: text, or the name of a parameter in a tuple."""

    name: str
    view: Callable[..., Any]
    parts: tuple[str | tuple[str], ...]

    @property
    def parameters(self) -> list[str]:
        return [part[0] for part in self.parts if isinstance(part, tuple)]

    @property
    def methods(self) -> list[str]:
        """Those that a class-based view of the REST API has; a function may have any of two."""
        kind = getattr(self.view, "cls", None)
        return [method for method in METHODS if hasattr(kind, method)] if kind else ["get", "post"]

    def path(self, values: dict[str, bytes]) -> bytes:
        return b"/" + b"".join(
            values.get(part[0], b"1") if isinstance(part, tuple) else part.encode() for part in self.parts
        )


def every_route() -> list[Route]:
    return list(_routes(get_resolver(), ()))


def _routes(resolver: URLResolver, before: tuple[str | tuple[str], ...]) -> Iterator[Route]:
    for pattern in resolver.url_patterns:
        parts = (*before, *_parts(pattern))
        if isinstance(pattern, URLPattern):
            name = "".join(part if isinstance(part, str) else f"<{part[0]}>" for part in parts)
            yield Route(name, pattern.callback, parts)
        else:
            yield from _routes(pattern, parts)


def _parts(pattern: URLPattern | URLResolver) -> Iterator[str | tuple[str]]:
    """`a/<str:b>/c` as `"a/", ("b",), "/c"`; a regular expression through Django's own way back from it."""
    if isinstance(pattern.pattern, RegexPattern):
        text, names = normalize(pattern.pattern._regex)[0]
        for name in names:
            before, _, text = text.partition(f"%({name})s")
            yield from (before, (name,))
        yield text.removesuffix("$")
        return
    text = str(pattern.pattern)
    while "<" in text:
        before, _, rest = text.partition("<")
        named, _, text = rest.partition(">")
        yield from (before, (named.rpartition(":")[2],))
    yield text
