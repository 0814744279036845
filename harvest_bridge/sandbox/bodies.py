"""Request bodies: JSON, a form with Rails' brackets (`external_reference[id]=7`), or multipart with a receipt."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qsl

import msgspec
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request

from harvest_bridge.sandbox.errors import bad_request
from harvest_bridge.sandbox.records import Receipt

_KEY = re.compile(r"[^\[\]]+|(?<=\[)(?=\])")


async def read_body(request: Request) -> dict[str, Any]:
    """Errors: 400 for what does not parse. A body without a known Content-Type, or no object, counts as empty."""
    body = await request.body()
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if not body:
        return {}
    if kind == "application/x-www-form-urlencoded":
        return nest(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))
    if kind == "multipart/form-data":
        return nest(await _parts(request))
    if kind == "application/json" or kind.endswith("+json"):
        return _object(body)
    return {}


def nest(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """`a[b]=1&c[]=2&c[]=3` as `{"a": {"b": "1"}, "c": ["2", "3"]}`."""
    result: dict[str, Any] = {}
    for name, value in pairs:
        keys = _KEY.findall(name)
        if keys:
            _put(result, keys, value)
    return result


def _object(body: bytes) -> dict[str, Any]:
    try:
        value = msgspec.json.decode(body)
    except (msgspec.DecodeError, RecursionError):
        raise bad_request() from None
    return value if isinstance(value, dict) else {}


async def _parts(request: Request) -> list[tuple[str, Any]]:
    """The fields of a multipart form; a file is read as a Receipt."""
    try:
        async with request.form() as form:
            return [
                (name, await _receipt(value) if isinstance(value, UploadFile) else value)
                for name, value in form.multi_items()
            ]
    except HTTPException:
        raise bad_request() from None


async def _receipt(file: UploadFile) -> Receipt:
    kind = file.content_type or "application/octet-stream"
    return Receipt(file_name=file.filename or "receipt", content_type=kind, content=await file.read())


def _put(target: dict[str, Any], keys: list[str], value: Any) -> None:
    first, *rest = keys
    if not rest:
        target[first] = value
    elif rest == [""]:
        target.setdefault(first, []).append(value)
    else:
        inner = target.setdefault(first, {})
        if isinstance(inner, dict):
            _put(inner, rest, value)
