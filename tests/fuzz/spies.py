"""Notes by which names a view reads what was sent, so that a new route or parameter is fuzzed without being listed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from django.core.handlers import asgi
from django.forms.forms import BaseForm
from django.http.request import HttpHeaders
from django.utils.datastructures import MultiValueDict
from rest_framework.serializers import Serializer

from harvest_bridge.api.parsers import StrictJsonParser

Names = dict[str, set[str]]
Path = tuple[str | int, ...]


class SpyDict(dict[str, Any]):
    """A JSON object or a cookie jar that says which of its names were asked for."""

    def __init__(self, given: Any, seen: set[Path], at: Path = ()) -> None:
        super().__init__({name: spied(value, seen, (*at, name)) for name, value in given.items()})
        self._seen, self._at = seen, at

    def _note(self, name: Any) -> None:
        if isinstance(name, str):
            self._seen.add((*self._at, name))

    def __getitem__(self, name: Any) -> Any:
        self._note(name)
        return super().__getitem__(name)

    def __contains__(self, name: object) -> bool:
        self._note(name)
        return super().__contains__(name)

    def get(self, name: Any, default: Any = None) -> Any:
        self._note(name)
        return super().get(name, default)


def spied(value: Any, seen: set[Path], at: Path = ()) -> Any:
    if isinstance(value, dict):
        return SpyDict(value, seen, at)
    return [spied(item, seen, (*at, index)) for index, item in enumerate(value)] if isinstance(value, list) else value


class Seen:
    """What one request's answer looked at."""

    def __init__(self) -> None:
        self.parameters: set[str] = set()
        self.headers: set[str] = set()
        self.cookies: set[Path] = set()
        self.body: set[Path] = set()
        self.serializers: list[Serializer[Any]] = []
        self.forms: dict[str, Any] = {}


@contextmanager
def watching(seen: Seen) -> Iterator[None]:
    get, getitem, getlist, contains = (
        getattr(MultiValueDict, name) for name in ("get", "__getitem__", "getlist", "__contains__")
    )
    header, parse, cookies = HttpHeaders.__getitem__, StrictJsonParser.parse, asgi.parse_cookie
    validate, full_clean = Serializer.run_validation, BaseForm.__init__

    def noting(method: Any) -> Any:
        def call(self: Any, key: Any, *args: Any, **kwargs: Any) -> Any:
            if isinstance(key, str):
                seen.parameters.add(key)
            return method(self, key, *args, **kwargs)

        return call

    def get_header(self: Any, key: str) -> Any:
        seen.headers.add(key.lower())
        return header(self, key)

    def run_validation(self: Any, data: Any = None) -> Any:
        seen.serializers.append(self)
        return validate(self, data)

    def begin_form(self: Any, *args: Any, **kwargs: Any) -> None:
        full_clean(self, *args, **kwargs)
        seen.forms |= {bound.html_name: bound.value() for bound in self}

    with (
        patch.object(MultiValueDict, "get", noting(get)),
        patch.object(MultiValueDict, "__getitem__", noting(getitem)),
        patch.object(MultiValueDict, "getlist", noting(getlist)),
        patch.object(MultiValueDict, "__contains__", noting(contains), create=True),
        patch.object(HttpHeaders, "__getitem__", get_header),
        patch.object(StrictJsonParser, "parse", lambda *args, **named: spied(parse(*args, **named), seen.body)),
        patch.object(asgi, "parse_cookie", lambda text: SpyDict(cookies(text), seen.cookies)),
        patch.object(Serializer, "run_validation", run_validation),
        patch.object(BaseForm, "__init__", begin_form),
    ):
        yield
