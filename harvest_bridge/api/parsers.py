"""Bodies: JSON, whatever the request calls it; some SDK calls post it without a content type (truto-wire §8.3)."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import IO, Any, ClassVar

import msgspec
from django.conf import settings
from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser


def _as_written(number: str) -> msgspec.Raw:
    """Errors: ValueError for one that nobody could read, such as 1e999."""
    if not math.isfinite(float(number)):
        raise ValueError("number out of range")
    return msgspec.Raw(number.encode())


class StrictJsonParser(JSONParser):
    """Strict: what could not be sent on as JSON, such as half a surrogate pair, 1e999 or endless nesting, is none."""

    decoder: ClassVar[msgspec.json.Decoder[Any]] = msgspec.json.Decoder()

    def parse(
        self, stream: IO[bytes], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        """Errors: ParseError."""
        charset = (parser_context or {}).get("encoding", settings.DEFAULT_CHARSET)
        try:
            return self.decoder.decode(stream.read().decode(charset))
        except RecursionError as error:
            raise ParseError("JSON parse error - nested too deeply") from error
        except ValueError as error:
            raise ParseError(f"JSON parse error - {error}") from error


class AnyTypeJsonParser(StrictJsonParser):
    media_type = "*/*"


class ExactJsonParser(AnyTypeJsonParser):
    """For bodies that are sent on: a number with a fraction stays as it was written, as a `msgspec.Raw`."""

    decoder = msgspec.json.Decoder(float_hook=_as_written)
