"""Each Harvest call as a value. Nothing in here does I/O; `Gateway.perform` and `sync_client.wait_for` do."""

from __future__ import annotations

from harvest_bridge.harvest.operations.company import get_company
from harvest_bridge.harvest.operations.identity import exchange_code, list_accounts, refresh_access_token
from harvest_bridge.harvest.operations.operation import Auth, Host, Operation, RawBody
from harvest_bridge.harvest.operations.project_assignments import (
    list_my_project_assignments,
    list_project_assignments,
)
from harvest_bridge.harvest.operations.projects import create_project
from harvest_bridge.harvest.operations.time_entries import (
    create_time_entry,
    delete_time_entry,
    get_time_entry,
    list_time_entries,
    restart_time_entry,
    stop_time_entry,
    update_time_entry,
)
from harvest_bridge.harvest.operations.users import get_me, get_user, list_users

__all__ = [
    "Auth",
    "Host",
    "Operation",
    "RawBody",
    "create_project",
    "create_time_entry",
    "delete_time_entry",
    "exchange_code",
    "get_company",
    "get_me",
    "get_time_entry",
    "get_user",
    "list_accounts",
    "list_my_project_assignments",
    "list_project_assignments",
    "list_time_entries",
    "list_users",
    "refresh_access_token",
    "restart_time_entry",
    "stop_time_entry",
    "update_time_entry",
]
