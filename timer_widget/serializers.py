"""Request bodies of the widget's frames."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

from rest_framework import serializers

from harvest_bridge.api.inputs import Input, OneOfField

from .errors import StartOutOfReach
from .normalization import normalize_id, normalize_text

_MAX_NOTES = 65_535
_LONGEST = timedelta(hours=24)
_CLOCKS_APART = timedelta(minutes=1)


class _Text(serializers.CharField):
    """Optional text: absent, null and empty mean the same."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"required": False, "allow_null": True, "allow_blank": True, "default": "", **options})

    def run_validation(self, data: Any = serializers.empty) -> Any:
        return super().run_validation(data) or ""


class _IdField(serializers.CharField):
    """An id of the host's, in normal form."""

    def run_validation(self, data: Any = serializers.empty) -> Any:
        is_id = isinstance(data, str | int | float) and not isinstance(data, bool)
        return super().run_validation(normalize_id(data) if is_id else data) or ""


class _OptionalId(_IdField):
    def __init__(self, **options: Any) -> None:
        super().__init__(required=False, allow_null=True, allow_blank=True, default="", **options)


class _Name(_Text):
    """A name to show, in normal form."""

    def run_validation(self, data: Any = serializers.empty) -> Any:
        return super().run_validation(normalize_text(data) if isinstance(data, str) else data)


class SessionInput(Input):
    """`token` of the host's back end, or `code` of a sign-in window, or neither: then a kept sign-in counts."""

    token = _Text(max_length=4096)
    code = _Text(max_length=100)
    origin = serializers.CharField(max_length=255)


class ItemInput(Input):
    """What a timer is for, in the host app."""

    id = _IdField(max_length=255, error_messages={"required": "An item needs an id.", "blank": "An item needs an id."})
    name = _Name(max_length=1000)
    group_id = _OptionalId(max_length=255)
    group_name = _Name(max_length=1000)
    account_id = _OptionalId(max_length=255)
    permalink = _Text(max_length=2000)

    def validate_permalink(self, value: str) -> str:
        if value and not _is_web_address(value):
            raise serializers.ValidationError("Must be an http or https address.")
        return value


class ItemIdInput(Input):
    id = _IdField(max_length=255, error_messages={"required": "An item needs an id.", "blank": "An item needs an id."})
    group_id = _OptionalId(max_length=255)


class TotalsInput(Input):
    """The items of a page."""

    items = serializers.ListField(child=ItemIdInput(), max_length=500)


class ClickInput(Input):
    """Every click carries a key of its own, so that sending it twice does it once.

    `clicked_at` is by the server's clock, as far as the client knows it, which corrected by `clock_offset_seconds`.
    """

    idempotency_key = serializers.CharField(min_length=8, max_length=64)
    clicked_at = serializers.DateTimeField()
    clock_offset_seconds = serializers.FloatField(required=False, allow_null=True)


class _OfEntryInput(ClickInput):
    """About an entry, which is named by its id or, while that is not known, by the key of the start that makes it."""

    entry_id = serializers.IntegerField(min_value=1, required=False, allow_null=True, default=None)
    start_key = serializers.CharField(min_length=8, max_length=64, required=False, allow_null=True, default=None)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if (attrs["entry_id"] is None) == (attrs["start_key"] is None):
            raise serializers.ValidationError({"entry_id": "Give the entry's id, or the start_key of its start."})
        given: dict[str, Any] = super().validate(attrs)
        return given


def _no_reference() -> ItemInput:
    """An item, or null for time without a reference."""
    return ItemInput(required=False, allow_null=True, default=None)


class StartInput(ClickInput):
    item = _no_reference()
    project_id = serializers.IntegerField(min_value=1)
    task_id = serializers.IntegerField(min_value=1)
    notes = _Text(max_length=_MAX_NOTES)


class StopInput(_OfEntryInput):
    """Of the start that the page showed: with `entry_id` goes the `started_at` of the running timer."""

    timer_started_at = serializers.DateTimeField(required=False, allow_null=True, default=None)
    item = _no_reference()


class _TimeInput(ClickInput):
    """Hours, or two times on the person's clock; the account's mode decides what Harvest is sent."""

    hours = serializers.DecimalField(
        max_digits=5,
        decimal_places=2,
        min_value=Decimal("0.01"),
        max_value=Decimal(24),
        required=False,
        allow_null=True,
        error_messages={"min_value": "More than no time.", "max_value": "No more than 24 hours."},
    )
    started_time = serializers.TimeField(required=False, allow_null=True)
    ended_time = serializers.TimeField(required=False, allow_null=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        one_sided = (attrs.get("started_time") is None) != (attrs.get("ended_time") is None)
        if one_sided:
            raise serializers.ValidationError({"ended_time": "Give both a start and an end."})
        given: dict[str, Any] = super().validate(attrs)
        return given


class AddInput(_TimeInput):
    item = _no_reference()
    project_id = serializers.IntegerField(min_value=1)
    task_id = serializers.IntegerField(min_value=1)
    spent_date = serializers.DateField()
    notes = _Text(max_length=_MAX_NOTES)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs.get("hours") is None and attrs.get("started_time") is None:
            raise serializers.ValidationError({"hours": "Say how much time, or a start and an end."})
        return super().validate(attrs)


class EditInput(_TimeInput, _OfEntryInput):
    """What is left out stays as it is."""

    project_id = serializers.IntegerField(min_value=1, required=False)
    task_id = serializers.IntegerField(min_value=1, required=False)
    spent_date = serializers.DateField(required=False)
    notes = serializers.CharField(max_length=_MAX_NOTES, required=False, allow_blank=True)


class DeleteInput(_OfEntryInput):
    pass


class MoveInput(_OfEntryInput):
    started_at = serializers.DateTimeField()

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Errors: StartOutOfReach."""
        clicked_at, started_at = attrs["clicked_at"], attrs["started_at"]
        if not clicked_at - _LONGEST <= started_at <= clicked_at + _CLOCKS_APART:
            raise StartOutOfReach("started_at: choose a moment within the last 24 hours.")
        return super().validate(attrs)


class UndoInput(ClickInput):
    """With `previous_id` the switch from it to `entry_id`; without, the deletion of `entry_id`."""

    entry_id = serializers.IntegerField(min_value=1)
    previous_id = serializers.IntegerField(min_value=1, required=False, allow_null=True, default=None)


class AnswerInput(ClickInput):
    """What is to become of a forgotten timer. Without `stop_at` it ends at the last sign of its person."""

    forgotten_id = serializers.UUIDField()
    answer = OneOfField(choices=["stop", "continue", "move", "keep", "restore", "accept"])
    stop_at = serializers.DateTimeField(required=False, allow_null=True, default=None)
    project_id = serializers.IntegerField(min_value=1, required=False)
    task_id = serializers.IntegerField(min_value=1, required=False)
    notes = _Text(max_length=_MAX_NOTES)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["answer"] == "move" and not {"project_id", "task_id"} <= set(attrs):
            raise serializers.ValidationError({"project_id": "To move the gap, give both project_id and task_id."})
        given: dict[str, Any] = super().validate(attrs)
        return given


class DecisionInput(Input):
    """What is to become of a click that failed."""

    key = serializers.CharField(max_length=64)
    decision = OneOfField(choices=["retry", "change", "drop"])
    project_id = serializers.IntegerField(min_value=1, required=False)
    task_id = serializers.IntegerField(min_value=1, required=False)
    ended_at = serializers.DateTimeField(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["decision"] == "change" and not {"project_id", "task_id"} <= set(attrs):
            raise serializers.ValidationError({"project_id": "A change gives both project_id and task_id."})
        return attrs


class ProjectInput(ClickInput):
    item = _no_reference()
    client_id = serializers.IntegerField(min_value=1)
    name = serializers.CharField(max_length=255)


def _is_web_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname) and text.isprintable() and "\\" not in text
