"""The account itself."""

from __future__ import annotations

from harvest_bridge.harvest.operations.operation import Operation
from harvest_bridge.harvest.records import Company


def get_company() -> Operation[Company]:
    """The account's name, address and settings.

    Errors: HarvestForbidden for anyone but administrators, so a member's timer mode stays unknown.
    Source: Harvest API v2, Company, "Retrieve a company".
    """
    return Operation("GET", "/v2/company", Company.from_harvest)
