"""Connections from the pool: looked at before use, refused at once while the server is away."""

from __future__ import annotations

from time import monotonic
from typing import Any

import psycopg
from django.db.backends.postgresql import base

from .connections import ServerSilent, answers

# How long to wait for one of the pool's connections while all are in use.
_BUSY_SECONDS = 10.0


class DatabaseWrapper(base.DatabaseWrapper):
    """With a pool a connection that a restart broke is replaced, however many there are, and costs nobody a request."""

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Errors: psycopg.OperationalError, in about a second where the server is away."""
        if not self.pool:
            return super().get_new_connection(conn_params)
        until = monotonic() + _BUSY_SECONDS
        while True:
            try:
                return self._from_pool(conn_params)
            except ServerSilent:
                raise
            except psycopg.OperationalError:
                if monotonic() > until or not self._is_worth_another_try():
                    raise

    def _from_pool(self, conn_params: dict[str, Any]) -> Any:
        connection = super().get_new_connection(conn_params)
        try:
            connection.execute(b"")
        except BaseException:
            connection.close()
            self.pool.putconn(connection)
            raise
        return connection

    def _is_worth_another_try(self) -> bool:
        """Whether the server is there, and the pool has connections that others use or that wait to be looked at."""
        host = str(self.settings_dict["HOST"] or "")
        return self.pool.get_stats()["pool_size"] > 0 and answers(host, int(self.settings_dict["PORT"] or 5432))
