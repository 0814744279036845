"""What the widget's frames send."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from rest_framework import serializers

from harvest_bridge.api.inputs import Input

_MAX_NOTES = 65_535


class _Text(serializers.CharField):
    """Optional text: absent, null and empty mean the same."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"required": False, "allow_null": True, "allow_blank": True, "default": "", **options})

    def run_validation(self, data: Any = serializers.empty) -> Any:
        return super().run_validation(data) or ""


class SessionInput(Input):
    """`token` of the host's back end, or `code` of a sign-in window, or neither: then a kept sign-in counts."""

    token = _Text(max_length=4096)
    code = _Text(max_length=100)
    origin = serializers.CharField(max_length=255)


class ItemInput(Input):
    """What a timer is for, in the host app."""

    id = serializers.CharField(
        max_length=255, error_messages={"required": "An item needs an id.", "blank": "An item needs an id."}
    )
    name = _Text(max_length=1000)
    group_id = _Text(max_length=255)
    group_name = _Text(max_length=1000)
    account_id = _Text(max_length=255)
    permalink = _Text(max_length=2000)

    def validate_permalink(self, value: str) -> str:
        if value and not _is_web_address(value):
            raise serializers.ValidationError("Must be an http or https address.")
        return value


class ClickInput(Input):
    """Every click carries a key of its own, so that sending it twice does it once."""

    idempotency_key = serializers.CharField(min_length=8, max_length=64)
    clicked_at = serializers.DateTimeField()


class StartInput(ClickInput):
    item = ItemInput()
    project_id = serializers.IntegerField(min_value=1)
    task_id = serializers.IntegerField(min_value=1)
    notes = _Text(max_length=_MAX_NOTES)


class StopInput(ClickInput):
    entry_id = serializers.IntegerField(min_value=1)
    item = ItemInput(required=False, allow_null=True, default=None)


class EditInput(ClickInput):
    entry_id = serializers.IntegerField(min_value=1)
    notes = _Text(max_length=_MAX_NOTES)


def _is_web_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname) and text.isprintable() and "\\" not in text
