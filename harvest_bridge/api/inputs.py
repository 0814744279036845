"""Input validation: bodies through serializers, query strings against a list of known names."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable, Mapping
from functools import cache
from typing import Any, Self

from rest_framework import serializers
from rest_framework.request import Request

from .errors import InvalidRequest
from .maximum_wait import DEADLINE, maximum_wait

MAX_LIMIT = 2000
DEFAULT_LIMIT = 100
_MOST_DIGITS = 18  # ten to that power is less than 2^63


class Input(serializers.Serializer[Any]):
    """A request body. Unknown fields are ignored."""

    # As Truto ignores them (truto-wire §8.1, 13).

    default_error_messages = {"invalid": "Must be a JSON object."}

    @classmethod
    def validated(cls: type[Self], data: Any) -> dict[str, Any]:
        """The clean values. Errors: DRF's ValidationError, which names each field."""
        if not isinstance(data, Mapping):
            raise serializers.ValidationError({"body": ["Must be a JSON object."]})
        return dict(_made_once(cls).run_validation(data))


@cache
def _made_once(kind: type[Input]) -> Input:
    """To make one copies each of its fields, which takes longer than to use them; no use leaves anything in them."""
    return kind()


class StrictInput(Input):
    """A request body of ours alone: a field that nobody knows is refused, as it would be left out without a word."""

    def to_internal_value(self, data: Any) -> Any:
        unknown = [str(name) for name in data if name not in self.fields] if isinstance(data, Mapping) else []
        if unknown:
            known = ", ".join(self.fields) or "none"
            raise serializers.ValidationError(
                {name[:40]: [f"This field is not known here; known are {known}."] for name in unknown}
            )
        return super().to_internal_value(data)


class OneOfField(serializers.ChoiceField):
    """One of a few words; a refusal names them."""

    def to_internal_value(self, data: Any) -> Any:
        try:
            return super().to_internal_value(data)
        except serializers.ValidationError as error:
            words = ", ".join(str(word) for word in self.choices)
            raise serializers.ValidationError(f"Must be one of {words}, not {str(data)[:40]!r}.") from error


class FlagField(serializers.BooleanField):
    """true or false, as the description says; DRF would take `0`, `"off"` and `"t"` as well."""

    default_error_messages = {"invalid": "Must be true or false."}

    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, bool):
            self.fail("invalid")
        return data


def check_query(request: Request, *, known: Iterable[str]) -> None:
    """Refuse unknown parameters of a view that takes `integrated_account_id`, and more. Errors: InvalidRequest."""
    refuse_unknown(request.query_params, known={*known, "integrated_account_id"})


def refuse_unknown(given: Iterable[str], *, known: Collection[str]) -> None:
    """Refuse a parameter that cannot be applied, rather than ignore it. Errors: InvalidRequest naming the known."""
    for name in given:
        if name not in known:
            listed = ", ".join(sorted(known))
            raise InvalidRequest(f"{name[:40]}: this parameter cannot be applied here; known are {listed}.")


def limit_from(request: Request) -> int:
    """`limit`, 1 to 2,000. Errors: InvalidRequest."""
    given = request.query_params.getlist("limit") or [""]
    text = given[0]
    if any(other != text for other in given):
        raise InvalidRequest(f"limit: is there {len(given)} times with different values; send one.")
    if text == "":
        return DEFAULT_LIMIT
    limit = whole_number(text)
    if limit is None or not 1 <= limit <= MAX_LIMIT:
        raise InvalidRequest(f"limit: must be a whole number from 1 to {MAX_LIMIT}, not {text[:40]!r}.")
    return limit


def whole_number(text: str) -> int | None:
    """ASCII digits, no more of them than a database's integer has; None for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS else None


def max_wait_from(request: Request) -> float | None:
    """How many seconds the caller waits for budget; None if it does not say. Errors: InvalidRequest."""
    headers = request.headers
    return maximum_wait(headers.get("Prefer", ""), headers.get(DEADLINE, ""), now=time.time())
