"""Roles: job labels for reports, without effect on rights."""

from __future__ import annotations

from harvest_bridge.harvest.operations.ids import record_id
from harvest_bridge.harvest.operations.operation import Operation
from harvest_bridge.harvest.pages import Page, Position, page_of, paged
from harvest_bridge.harvest.records import Role


def list_roles(position: Position | None = None, *, per_page: int | None = None) -> Operation[Page[Role]]:
    """One page of roles, newest first. Errors: HarvestForbidden unless administrator. Source: "List all roles"."""
    return Operation("GET", "/v2/roles", page_of("roles", Role.from_harvest), paged(position, per_page))


def get_role(role_id: int | str) -> Operation[Role]:
    """One role. Errors: HarvestNotFound, HarvestForbidden. Source: Harvest API v2, Roles, "Retrieve a role"."""
    return Operation("GET", f"/v2/roles/{record_id(role_id)}", Role.from_harvest)
