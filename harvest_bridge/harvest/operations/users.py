"""People of an account."""

from __future__ import annotations

from datetime import datetime

from harvest_bridge.harvest.operations.ids import record_id
from harvest_bridge.harvest.operations.operation import Operation
from harvest_bridge.harvest.pages import Page, Position, page_of, paged
from harvest_bridge.harvest.records import User


def list_users(
    position: Position | None = None,
    *,
    per_page: int | None = None,
    is_active: bool | None = None,
    updated_since: datetime | None = None,
) -> Operation[Page[User]]:
    """One page of the people of the account.

    Shape: newest first; administrators see all, managers their teammates.
    Units: `updated_since` is exclusive, at one-second resolution.
    Errors: HarvestForbidden for members.
    Source: Harvest API v2, Users, "List all users".
    """
    filters = {"is_active": is_active, "updated_since": updated_since}
    return Operation("GET", "/v2/users", page_of("users", User.from_harvest), paged(position, per_page, **filters))


def get_user(user_id: int | str) -> Operation[User]:
    """One person. Errors: HarvestNotFound. Source: Harvest API v2, Users, "Retrieve a user"."""
    return Operation("GET", f"/v2/users/{record_id(user_id)}", User.from_harvest)


def get_me() -> Operation[User]:
    """The person whose token it is; open to everyone. Source: Users, "Retrieve the currently authenticated user"."""
    return Operation("GET", "/v2/users/me", User.from_harvest)
