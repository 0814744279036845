"""The refusals of Harvest, each in its true shape: three kinds of JSON, and HTML (REFERENCE §2.7, §5)."""

from __future__ import annotations

import json
from typing import Any

# As successes have it; recorded on 403 and 429, and 422 comes from the same place.
UNCACHED = {"Cache-Control": "no-cache, no-store"}
INVALID_TOKEN = "The access token provided is expired, revoked, malformed or invalid for other reasons."  # noqa: S105


class Refusal(Exception):
    """An answer that is not a success.

    Shape: `status`, `body` as bytes, `content_type`, and further `headers`.
    """

    def __init__(
        self,
        status: int,
        body: bytes,
        *,
        content_type: str = "application/json; charset=utf-8",
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(status, body)
        self.status = status
        self.body = body
        self.content_type = content_type
        self.headers = headers or {}


def _json(value: dict[str, Any]) -> bytes:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()


def invalid_token() -> Refusal:
    challenge = (
        f'Bearer realm="Rack::OAuth2 Protected Resources", error="invalid_token", error_description="{INVALID_TOKEN}"'
    )
    return Refusal(
        401,
        _json({"error": "invalid_token", "error_description": INVALID_TOKEN}),
        content_type="application/json",
        headers={"WWW-Authenticate": challenge, "Cache-Control": "no-cache"},
    )


def no_token() -> Refusal:
    """Rack::OAuth2 names no error when nothing was presented (REFERENCE §2.7, unconfirmed)."""
    challenge = 'Bearer realm="Rack::OAuth2 Protected Resources"'
    return Refusal(
        401, _json({"error": "unauthorized"}), content_type="application/json", headers={"WWW-Authenticate": challenge}
    )


def no_user_agent() -> Refusal:
    return Refusal(400, b"Bad Request", content_type="text/plain; charset=utf-8")


def bad_request() -> Refusal:
    return Refusal(400, _json({"status": 400, "error": "Bad Request"}))


def forbidden() -> Refusal:
    return Refusal(403, _json({"message": "Not authorized!"}), headers={"Hint": "Not authorized!", **UNCACHED})


def not_found() -> Refusal:
    return Refusal(404, _json({"status": 404, "error": "Not Found"}), content_type="application/json; charset=UTF-8")


def no_route() -> Refusal:
    return Refusal(
        404, _page("404", "The page you were looking for doesn't exist."), content_type="text/html; charset=utf-8"
    )


def unprocessable(*sentences: str) -> Refusal:
    message = ", ".join(sentences)
    hint = message.encode("ascii", "replace").decode().replace("\n", " ")
    return Refusal(422, _json({"message": message}), headers={"Hint": hint, **UNCACHED})


def throttled(retry_after: int, body: str = "html") -> Refusal:
    """Shape: `html` and `json` carry Retry-After; `empty` is the recorded answer of 2020, which has neither."""
    if body == "empty":
        return Refusal(429, b"", content_type="text/html", headers=UNCACHED)
    wait = {"Retry-After": str(retry_after), **UNCACHED}
    if body == "json":
        message = {"message": "This request has been throttled.", "retry_after": retry_after}
        return Refusal(429, _json(message), headers=wait)
    page = _page("429", "You have sent too many requests. Please wait a moment.")
    return Refusal(429, page, content_type="text/html", headers=wait)


def _page(title: str, sentence: str) -> bytes:
    head, body = f"<title>{title}</title>", f"<h1>{sentence}</h1>"
    return f"<!DOCTYPE html>\n<html>\n<head>{head}</head>\n<body>{body}</body>\n</html>\n".encode()
