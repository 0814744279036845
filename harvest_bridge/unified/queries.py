"""The filters of the user directory: those Harvest can apply, and none besides."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from rest_framework.request import Request

from harvest_bridge.api.errors import InvalidRequest

USER_FILTERS = ("status", "updated_at[gt]")
_STATUSES = {"active": True, "inactive": False}
_FLAGS = {"": False, "false": False, "0": False, "true": True, "1": True}


def is_active_from(request: Request) -> bool | None:
    """`status` as Harvest's `is_active`. Errors: InvalidRequest."""
    status = request.query_params.get("status", "")
    if status and status not in _STATUSES:
        raise InvalidRequest(f"status: Harvest tells {' and '.join(_STATUSES)} apart, not {status[:40]!r}.")
    return _STATUSES.get(status)


def updated_since_from(request: Request) -> datetime | None:
    """`updated_at[gt]` as Harvest's `updated_since`, which has whole seconds and is exclusive too.

    Errors: InvalidRequest.
    """
    text = request.query_params.get("updated_at[gt]", "")
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise InvalidRequest(f"updated_at[gt]: write a moment like 2026-11-24T06:00:00Z, not {text[:40]!r}.") from error
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    # Harvest drops fractions: within the same second only asking one second earlier loses nothing.
    return moment - timedelta(seconds=1) if moment.microsecond else moment


def flag_from(request: Request, name: str) -> bool:
    """A boolean parameter. Errors: InvalidRequest."""
    text = request.query_params.get(name, "")
    if text.lower() not in _FLAGS:
        raise InvalidRequest(f"{name}: must be true or false, not {text[:40]!r}.")
    return _FLAGS[text.lower()]
