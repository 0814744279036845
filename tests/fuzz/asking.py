"""One request as its bytes, answered by Django in this thread: past the server, which refuses some of it by itself."""

from __future__ import annotations

import io
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any
from urllib.parse import quote_from_bytes, unquote

from django.core.signals import got_request_exception, request_finished, request_started
from django.db import close_old_connections, transaction
from django.http.response import HttpResponseBase

from harvest_bridge.console.django_app import DjangoApp

Pairs = tuple[tuple[bytes, bytes], ...]


@dataclass(frozen=True)
class Asked:
    """Query and form are pairs of raw bytes; `body` wins over `form`. `path` is raw too."""

    method: str
    path: bytes
    query: Pairs = ()
    headers: Mapping[str, bytes] = field(default_factory=dict)
    form: Pairs | None = None
    body: bytes = b""

    def with_header(self, name: str, value: bytes) -> Asked:
        return replace(self, headers={**self.headers, name: value})

    @property
    def scope(self) -> dict[str, Any]:
        """As uvicorn makes it: the path decoded, whatever cannot be becomes U+FFFD."""
        path = quote_from_bytes(self.path, safe="/:@!$&'()*+,;=~")
        headers = {"host": b"localhost:8000", **self.headers}
        return {
            "type": "http",
            "http_version": "1.1",
            "method": self.method.upper(),
            "scheme": "http",
            "path": unquote(path),
            "raw_path": path.encode(),
            "root_path": "",
            "query_string": encoded(self.query),
            "headers": [(name.encode(), value) for name, value in headers.items()],
            "client": ("127.0.0.1", 50_000),
            "server": ("127.0.0.1", 8000),
        }

    @property
    def content(self) -> bytes:
        return encoded(self.form) if self.form is not None else self.body


def encoded(pairs: Pairs) -> bytes:
    return b"&".join(f"{quote_from_bytes(name)}={quote_from_bytes(value)}".encode() for name, value in pairs)


@cache
def django_app() -> DjangoApp:
    return DjangoApp()


def answer(asked: Asked) -> tuple[HttpResponseBase, str]:
    """What came back, and the traceback of what broke, if something did. Nothing that was written stays."""
    with _noting() as broken, transaction.atomic():
        body = asked.content
        headers = dict(asked.headers)
        if body:
            headers.setdefault("content-length", str(len(body)).encode())
        response = django_app()._answer(replace(asked, headers=headers).scope, io.BytesIO(body))
        transaction.set_rollback(True)
    return response, "".join(broken)


@contextmanager
def _noting() -> Iterator[list[str]]:
    broken: list[str] = []

    def note(**_: Any) -> None:
        broken.append(traceback.format_exc())

    got_request_exception.connect(note)
    for signal in (request_started, request_finished):  # as Django's own test client: the transaction must live on
        signal.disconnect(close_old_connections)
    try:
        yield broken
    finally:
        got_request_exception.disconnect(note)
        for signal in (request_started, request_finished):
            signal.connect(close_old_connections)
