"""Database roles for BI tools: each reads the rows of one host app through the views, and nothing else."""

from __future__ import annotations

import re
import secrets
from typing import Any

from django.db import connection as database
from django.db import transaction
from psycopg import sql

from harvest_bridge.errors import BridgeError
from harvest_bridge.hosts.models import HostApp
from harvest_bridge.mirror.models import BiReader

from .bi_views import SCHEMA

_NAME = re.compile(r"[a-z_][a-z0-9_]{0,62}", re.ASCII)
# A reader that forgot its transaction keeps PostgreSQL from cleaning up behind everybody else.
_SETTINGS = {
    "default_transaction_read_only": "on",
    "search_path": SCHEMA,
    "idle_in_transaction_session_timeout": "5min",
}
_MOST_CONNECTIONS = 10


class RoleRefused(BridgeError):
    """No such role can be made or removed here; the message says why, and what to do."""

    status = 409
    code = "bi_role_refused"
    is_of_pages = True


@transaction.atomic
def create_reader(*, host_app: HostApp, role: str) -> str:
    """A role that can sign in, and its password, which nobody can read again. Errors: RoleRefused."""
    _require_postgresql()
    if not _NAME.fullmatch(role) or role.startswith("pg_"):
        raise RoleRefused(f"{role[:63]!r}: a role's name has small letters, digits and underscores, and no pg_ before.")
    if _exists(role):
        raise RoleRefused(f"{role}: there is such a role already. Choose another name, or remove it first.")
    password, name = secrets.token_urlsafe(24), sql.Identifier(role)
    BiReader.objects.create(role=role, host_app=host_app)
    _execute("CREATE ROLE {} LOGIN PASSWORD {} NOINHERIT CONNECTION LIMIT {}", name, _hashed(password, role), _most())
    for setting, value in _SETTINGS.items():
        _execute("ALTER ROLE {} SET {} = {}", name, sql.Identifier(setting), sql.Literal(value))
    _execute("GRANT USAGE ON SCHEMA {} TO {}", sql.Identifier(SCHEMA), name)
    _execute("GRANT SELECT ON ALL TABLES IN SCHEMA {} TO {}", sql.Identifier(SCHEMA), name)
    return password


@transaction.atomic
def remove_reader(*, role: str) -> None:
    """The role and all that it was granted. Errors: RoleRefused for one that is none of ours."""
    _require_postgresql()
    if not BiReader.objects.filter(role=role).delete()[0]:
        raise RoleRefused(f"{role[:63]!r}: is no reader that this command made.")
    if _exists(role):
        _execute("DROP OWNED BY {}", sql.Identifier(role))
        _execute("DROP ROLE {}", sql.Identifier(role))


def _require_postgresql() -> None:
    if database.vendor != "postgresql":
        raise RoleRefused("BI readers are roles of PostgreSQL, and this bridge is on SQLite; see docs/mirror.md.")


def _exists(role: str) -> bool:
    with database.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
        return cursor.fetchone() is not None


def _hashed(password: str, role: str) -> sql.Literal:
    """As PostgreSQL keeps it, so that the password itself stands in no statement, and in no log of the server."""
    database.ensure_connection()
    pgconn: Any = database.connection.pgconn
    return sql.Literal(pgconn.encrypt_password(password.encode(), role.encode(), b"scram-sha-256").decode())


def _most() -> sql.Literal:
    return sql.Literal(_MOST_CONNECTIONS)


def _execute(template: str, *parts: sql.Composable) -> None:
    with database.cursor() as cursor:
        cursor.execute(sql.SQL(template).format(*parts))
