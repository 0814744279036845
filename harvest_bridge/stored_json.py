"""JSON columns with a size limit: input above it is refused, our own notes are shortened to it."""

from __future__ import annotations

import json
from typing import Any

from django.db import models

from .errors import BridgeError

_LONGEST_TEXT, _LONGEST_LIST = 500, 100
_compact = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=str)


class ValueTooLarge(BridgeError):
    """What would be stored has no place; the message names the field, its size and the most it may have."""

    status = 400
    code = "value_too_large"


class StoredJSONField(models.JSONField):
    """Units: `max_bytes` is the size as UTF-8 JSON. With `shortens` long texts and lists in it are cut first.

    To migrations it is a plain JSONField, as the size is no matter of the database.
    Errors: ValueTooLarge, when it is written.
    """

    def __init__(self, *args: Any, max_bytes: int = 4096, shortens: bool = False, **options: Any) -> None:
        self.max_bytes, self.shortens = max_bytes, shortens
        super().__init__(*args, **options)

    def deconstruct(self) -> Any:
        name, _path, args, options = super().deconstruct()
        return name, "django.db.models.JSONField", args, options

    def get_db_prep_save(self, value: Any, connection: Any) -> Any:
        if value is not None and not hasattr(value, "as_sql"):
            value = shortened(value) if self.shortens else value
            prepared = super().get_db_prep_save(value, connection)
            # Its escapes and spaces make this text no shorter than what is measured, so most are encoded once.
            if not isinstance(prepared, str) or len(prepared) > self.max_bytes:
                check_size(self.name, value, self.max_bytes)
            return prepared
        return super().get_db_prep_save(value, connection)


def check_size(name: str, value: Any, max_bytes: int) -> None:
    """Errors: ValueTooLarge."""
    size = len(_compact.encode(value).encode(errors="replace"))
    if size > max_bytes:
        raise ValueTooLarge(f"{name}: is {size} bytes as JSON; at most {max_bytes} are kept. Store less there.")


def shortened(value: Any) -> Any:
    """The same with no text above 500 characters and no list above 100 items in it."""
    if isinstance(value, str):
        return value if len(value) <= _LONGEST_TEXT else f"{value[: _LONGEST_TEXT - 1]}…"
    if isinstance(value, dict):
        return {key: shortened(part) for key, part in list(value.items())[:_LONGEST_LIST]}
    if isinstance(value, list | tuple):
        return [shortened(part) for part in list(value)[:_LONGEST_LIST]]
    return value
