"""Bodies: JSON, whatever the request calls it; some SDK calls post it without a content type (truto-wire §8.3)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import IO, Any

import msgspec
from django.conf import settings
from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser


class StrictJsonParser(JSONParser):
    """Strict: what could not be sent on as JSON, such as half a surrogate pair, 1e999 or endless nesting, is none."""

    def parse(
        self, stream: IO[bytes], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        """Errors: ParseError."""
        charset = (parser_context or {}).get("encoding", settings.DEFAULT_CHARSET)
        try:
            return msgspec.json.decode(stream.read().decode(charset))
        except RecursionError as error:
            raise ParseError("JSON parse error - nested too deeply") from error
        except ValueError as error:
            raise ParseError(f"JSON parse error - {error}") from error


class AnyTypeJsonParser(StrictJsonParser):
    media_type = "*/*"
