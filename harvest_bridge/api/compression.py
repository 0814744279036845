"""Compresses small static texts once per encoding and keeps the result."""

from __future__ import annotations

import gzip
from functools import lru_cache

import brotli
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

_WORTH_IT = 200  # bytes


def compress(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Encode a whole answer as the browser likes best. For public files alone: secrets and compression do not mix."""
    patch_vary_headers(response, ["Accept-Encoding"])
    encoding = _best(request.headers.get("Accept-Encoding", ""))
    if not encoding or response.has_header("Content-Encoding") or len(response.content) < _WORTH_IT:
        return response
    response.content = _encoded(response.content, encoding)
    response["Content-Encoding"] = encoding
    if response.has_header("Content-Length"):
        response["Content-Length"] = str(len(response.content))
    return response


def _best(accepted: str) -> str:
    offered = {
        part.partition(";")[0].strip().lower() for part in accepted.split(",") if "q=0" not in part.split(";")[1:]
    }
    return next((encoding for encoding in ("br", "gzip") if encoding in offered), "")


@lru_cache(maxsize=64)
def _encoded(content: bytes, encoding: str) -> bytes:
    return bytes(brotli.compress(content)) if encoding == "br" else gzip.compress(content, mtime=0)
