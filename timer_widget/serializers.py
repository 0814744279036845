"""Request bodies of the widget's frames."""

from __future__ import annotations

from datetime import time, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

from rest_framework import serializers

from harvest_bridge.api.inputs import OneOfField, StrictInput

from .account_mode import hours_between
from .errors import StartOutOfReach
from .fields import ClockTimeField, DayField, IdOfHarvestField, MomentField, MomentOfClickField, TextField
from .normalization import normalize_id, normalize_text

_MAX_NOTES = 65_535
_LONGEST = timedelta(hours=24)
_FINEST = Decimal("0.01")
_FORGOTTEN = "Must be the id of a forgotten timer, from `forgotten` of the state."
_HOURS = "Must be decimal hours, such as 1.50."
_CLOCKS_APART = timedelta(minutes=1)


class _Text(TextField):
    """Optional text: absent, null and empty mean the same."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"required": False, "allow_null": True, "allow_blank": True, "default": "", **options})

    def run_validation(self, data: Any = serializers.empty) -> Any:
        return super().run_validation(data) or ""


class _IdField(TextField):
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


class SessionInput(StrictInput):
    """`token` of the host's back end, or `code` of a sign-in window, or neither: then a kept sign-in counts."""

    token = _Text(max_length=4096)
    code = _Text(max_length=100)
    origin = TextField(max_length=255)


class ItemInput(StrictInput):
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


class ItemIdInput(StrictInput):
    id = _IdField(max_length=255, error_messages={"required": "An item needs an id.", "blank": "An item needs an id."})
    group_id = _OptionalId(max_length=255)


class TotalsInput(StrictInput):
    """The items of a page."""

    items = serializers.ListField(
        child=ItemIdInput(),
        max_length=500,
        error_messages={
            "required": "Send the items of the page.",
            "null": "Send the items of the page.",
            "not_a_list": "Must be a list of items.",
            "max_length": "Must be {max_length} items at most.",
        },
    )


class ClickInput(StrictInput):
    """Every click carries a key of its own, so that sending it twice does it once.

    `clicked_at` is by the server's clock, as far as the client knows it, which corrected by `clock_offset_seconds`.
    """

    idempotency_key = TextField(min_length=8, max_length=64)
    clicked_at = MomentOfClickField()
    clock_offset_seconds = serializers.FloatField(
        required=False, allow_null=True, error_messages={"invalid": "Must be a number of seconds."}
    )


class _OfEntryInput(ClickInput):
    """About an entry, which is named by its id or, while that is not known, by the key of the start that makes it."""

    entry_id = IdOfHarvestField(required=False, allow_null=True, default=None)
    start_key = TextField(min_length=8, max_length=64, required=False, allow_null=True, default=None)

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
    project_id = IdOfHarvestField()
    task_id = IdOfHarvestField()
    notes = _Text(max_length=_MAX_NOTES)


class StopInput(_OfEntryInput):
    """Of the start that the page showed: with `entry_id` goes the `started_at` of the running timer."""

    timer_started_at = MomentField(required=False, allow_null=True, default=None)
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
        error_messages={
            "invalid": _HOURS,
            "max_digits": _HOURS,
            "max_whole_digits": _HOURS,
            "max_decimal_places": _HOURS,
            "max_string_length": _HOURS,
            "min_value": "More than no time.",
            "max_value": "No more than 24 hours.",
        },
    )
    started_time = ClockTimeField(required=False, allow_null=True)
    ended_time = ClockTimeField(required=False, allow_null=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        started, ended, hours = (attrs.get(name) for name in ("started_time", "ended_time", "hours"))
        if (started is None) != (ended is None):
            raise serializers.ValidationError({"ended_time": "Give both a start and an end."})
        if started is not None and ended is not None:
            _check_times(started, ended, hours)
        given: dict[str, Any] = super().validate(attrs)
        return given


def _check_times(started: time, ended: time, hours: Decimal | None) -> None:
    """Harvest keeps minutes: zero hours would start a timer there. An end before the start is one on the next day.

    Errors: ValidationError.
    """
    between = hours_between(started, ended)
    if not between:
        said = f"Must be another minute than the start, {started:%H:%M}; a whole day is `hours` 24."
        raise serializers.ValidationError({"ended_time": said})
    if hours is not None and abs(hours - between) > _FINEST:
        said = f"From {started:%H:%M} to {ended:%H:%M} it is {between}, not {hours}; send the times or the hours alone."
        raise serializers.ValidationError({"hours": said})


class AddInput(_TimeInput):
    item = _no_reference()
    project_id = IdOfHarvestField()
    task_id = IdOfHarvestField()
    spent_date = DayField()
    notes = _Text(max_length=_MAX_NOTES)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs.get("hours") is None and attrs.get("started_time") is None:
            raise serializers.ValidationError({"hours": "Say how much time, or a start and an end."})
        return super().validate(attrs)


class EditInput(_TimeInput, _OfEntryInput):
    """What is left out stays as it is."""

    project_id = IdOfHarvestField(required=False)
    task_id = IdOfHarvestField(required=False)
    spent_date = DayField(required=False)
    notes = TextField(max_length=_MAX_NOTES, required=False, allow_blank=True)


class DeleteInput(_OfEntryInput):
    pass


class MoveInput(_OfEntryInput):
    started_at = MomentField()

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Errors: StartOutOfReach."""
        clicked_at, started_at = attrs["clicked_at"], attrs["started_at"]
        if not clicked_at - _LONGEST <= started_at <= clicked_at + _CLOCKS_APART:
            raise StartOutOfReach("started_at: choose a moment within the last 24 hours.")
        return super().validate(attrs)


class UndoInput(ClickInput):
    """With `previous_id` the switch from it to `entry_id`; without, the deletion of `entry_id`."""

    entry_id = IdOfHarvestField()
    previous_id = IdOfHarvestField(required=False, allow_null=True, default=None)


class AnswerInput(ClickInput):
    """What is to become of a forgotten timer. Without `stop_at` it ends at the last sign of its person."""

    forgotten_id = serializers.UUIDField(
        error_messages={"required": _FORGOTTEN, "null": _FORGOTTEN, "invalid": _FORGOTTEN}
    )
    answer = OneOfField(choices=["stop", "continue", "move", "keep", "restore", "accept"])
    stop_at = MomentField(required=False, allow_null=True, default=None)
    project_id = IdOfHarvestField(required=False)
    task_id = IdOfHarvestField(required=False)
    notes = _Text(max_length=_MAX_NOTES)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["answer"] == "move" and not {"project_id", "task_id"} <= set(attrs):
            raise serializers.ValidationError({"project_id": "To move the gap, give both project_id and task_id."})
        given: dict[str, Any] = super().validate(attrs)
        return given


class DecisionInput(StrictInput):
    """What is to become of a click that failed."""

    key = TextField(max_length=64)
    decision = OneOfField(choices=["retry", "change", "drop"])
    project_id = IdOfHarvestField(required=False)
    task_id = IdOfHarvestField(required=False)
    ended_at = MomentField(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["decision"] == "change" and not {"project_id", "task_id"} <= set(attrs):
            raise serializers.ValidationError({"project_id": "A change gives both project_id and task_id."})
        return attrs


class ProjectInput(ClickInput):
    item = _no_reference()
    client_id = IdOfHarvestField()
    name = TextField(max_length=255)


def _is_web_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname) and text.isprintable() and "\\" not in text
