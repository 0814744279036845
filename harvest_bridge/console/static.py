"""Static files: WhiteNoise, fitted to a fresh clone and to ASGI."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from whitenoise.middleware import WhiteNoiseMiddleware
from whitenoise.storage import CompressedManifestStaticFilesStorage

from harvest_bridge.api.compression import compress


class HashedOnceCollected(CompressedManifestStaticFilesStorage):
    """A fresh clone serves from its folders; a deployment collects and gets names that can be cached for ever."""

    manifest_strict = False

    def stored_name(self, name: str) -> str:
        try:
            stored: str = super().stored_name(name)
        except ValueError:
            return name
        return stored


class WholeFiles(WhiteNoiseMiddleware):
    """Answers with whole files: our largest is small, and under ASGI Django complains of every synchronous stream."""

    @staticmethod
    def serve(static_file: Any, request: HttpRequest) -> HttpResponse:
        found = static_file.get_response(request.method, request.META)
        content = b""
        if found.file is not None:
            with found.file as file:
                content = file.read()
        response = HttpResponse(content, status=int(found.status))
        del response["Content-Type"]
        for name, value in found.headers:
            response[name] = value
        return compress(request, response) if response.status_code == 200 and _is_text(response) else response


def _is_text(response: HttpResponse) -> bool:
    """Files that were collected come compressed already; those of a fresh clone do not."""
    return response.headers.get("Content-Type", "").startswith(("text/", "application/json", "image/svg+xml"))
