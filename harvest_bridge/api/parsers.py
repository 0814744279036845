"""Bodies: JSON, whatever the request calls it; some SDK calls post it without a content type (truto-wire §8.3)."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import IO, Any, ClassVar

import msgspec
from django.conf import settings
from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser

from .errors import InvalidRequest
from .text_validation import unreadable_at

MAX_DEPTH = 100


def _as_written(number: str) -> msgspec.Raw:
    """Errors: ValueError for one that nobody could read, such as 1e999."""
    if not math.isfinite(float(number)):
        raise ValueError("number out of range")
    return msgspec.Raw(number.encode())


class StrictJsonParser(JSONParser):
    """Strict: what could not be kept or sent on as JSON, such as half a surrogate pair, NUL or 1e999, is none."""

    decoder: ClassVar[msgspec.json.Decoder[Any]] = msgspec.json.Decoder()

    def parse(
        self, stream: IO[bytes], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        """Errors: ParseError; InvalidRequest for NUL in a text, which it names."""
        charset = (parser_context or {}).get("encoding") or settings.DEFAULT_CHARSET
        try:
            text = stream.read().decode(charset)
            value = self.decoded(text)
        except RecursionError as error:
            raise ParseError("JSON parse error - nested too deeply") from error
        except (ValueError, LookupError) as error:
            raise ParseError(f"JSON parse error - {error}") from error
        if _depth(value) > MAX_DEPTH:
            raise ParseError(f"JSON parse error - nested more than {MAX_DEPTH} deep")
        self.check(text, value)
        return value

    def decoded(self, text: str) -> Any:
        """Errors: ValueError, RecursionError."""
        return self.decoder.decode(text)

    def check(self, text: str, value: Any) -> None:
        """NUL is all that is left to find, and has one spelling. Errors: InvalidRequest."""
        if "\\u0000" in text and (path := unreadable_at(value)) is not None:
            raise InvalidRequest(f"{path or 'body'}: must not contain NUL.")


class AnyTypeJsonParser(StrictJsonParser):
    media_type = "*/*"


class ExactJsonParser(AnyTypeJsonParser):
    """For bodies that are sent on: a number with a fraction stays as it was written, as a `msgspec.Raw`."""

    decoder = msgspec.json.Decoder(float_hook=_as_written)


class RowsParser(AnyTypeJsonParser):
    """For bodies whose rows are answered one by one: a row with unreadable text is refused by its view, not here."""

    def decoded(self, text: str) -> Any:
        try:
            return super().decoded(text)
        except ValueError:
            return json.loads(text, parse_constant=_refused, parse_float=_finite)

    def check(self, text: str, value: Any) -> None:
        pass


def _refused(text: str) -> None:
    raise ValueError(f"{text} is no JSON")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError("Number out of range")
    return number


def _depth(value: Any) -> int:
    """How many objects and lists lie within each other; a loop, as the depth is what is not known yet."""
    depth, level = 0, [value]
    while level := [item for item in level if isinstance(item, dict | list)]:
        depth += 1
        if depth > MAX_DEPTH:
            break
        level = [inner for item in level for inner in (item.values() if isinstance(item, dict) else item)]
    return depth
