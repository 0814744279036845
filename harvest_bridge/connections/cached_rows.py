"""Names the rows that a caller's access to connections rests on, as questions to the database."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from uuid import UUID

from harvest_bridge.api.admissions import PresentedToken
from harvest_bridge.api.cache_versions import Question, row_version
from harvest_bridge.hosts.models import ApiKey, HostApp

from .models import Connection, IntegratedAccountToken

_KEYS, _HOSTS = ApiKey._meta.db_table, HostApp._meta.db_table
_CONNECTIONS, _TOKENS = Connection._meta.db_table, IntegratedAccountToken._meta.db_table

_others: list[Callable[[], str]] = []


def watch_also(version: Callable[[], str]) -> None:
    """Let what is remembered of a connection rest on other rows too; said while the apps are loaded.

    Shape: `version` gives SQL for one column that changes with those rows; the host app is `h`, the connection `c`.
    """
    _others.append(version)


def of_key(presented: PresentedToken) -> Question:
    """An API key, and the connection that the request names."""
    if presented.connection_id is None:
        return Question(_key_alone(), (presented.token_hash,))
    return of_connection(presented.token_hash, presented.connection_id)


def of_connection(key_hash: str, connection_id: UUID) -> Question:
    """An API key and one of its host app's connections."""
    return Question(_key_and_connections("id"), (connection_id, key_hash))


def of_account(key_hash: str, harvest_account_id: int) -> Question:
    """An API key and its host app's connections to a Harvest account."""
    return Question(_key_and_connections("harvest_account_id"), (harvest_account_id, key_hash))


def of_holder(presented: PresentedToken) -> Question:
    """An integrated-account token, its key and its connection."""
    return Question(_holder(), (presented.token_hash,))


@cache
def _key_alone() -> str:
    return f"""SELECT k.id, NULL, {row_version(ApiKey, "k")}, {row_version(HostApp, "h")}
FROM {_KEYS} k JOIN {_HOSTS} h ON h.id = k.host_app_id WHERE k.key_hash = %s"""  # noqa: S608


@cache
def _key_and_connections(column: str) -> str:
    versions = f"{row_version(ApiKey, 'k')}, {_of_host_and_connection()}"
    return f"""SELECT c.id, c.id, {versions} FROM {_KEYS} k JOIN {_HOSTS} h ON h.id = k.host_app_id
LEFT JOIN {_CONNECTIONS} c
ON c.host_app_id = k.host_app_id AND c.{column} = %s AND c.disconnected_at IS NULL
WHERE k.key_hash = %s ORDER BY c.id"""  # noqa: S608


@cache
def _holder() -> str:
    of_token = f"{row_version(IntegratedAccountToken, 't')}, {row_version(ApiKey, 'k')}"
    versions = f"{of_token}, {_of_host_and_connection()}"
    return f"""SELECT c.id, c.id, {versions} FROM {_TOKENS} t JOIN {_KEYS} k ON k.id = t.api_key_id
JOIN {_CONNECTIONS} c ON c.id = t.connection_id AND c.disconnected_at IS NULL
JOIN {_HOSTS} h ON h.id = c.host_app_id WHERE t.token_hash = %s"""  # noqa: S608


def _of_host_and_connection() -> str:
    return ", ".join([row_version(HostApp, "h"), row_version(Connection, "c"), *(version() for version in _others)])
