"""Whether PostgreSQL has room left to write."""

from __future__ import annotations

from django.db import DatabaseError, connection, transaction

from harvest_bridge.api.outages import StorageFull, outage_of

# Rows that take more than `work_mem` go to a temporary file, which lies where the tables do and leaves nothing behind.
_WRITE_A_FILE = """
SET LOCAL work_mem = '64kB';
SET LOCAL temp_tablespaces = '';
SELECT count(*) FROM generate_series(1, 8192)
"""


def disk_of_database() -> str:
    """`ok`, or that there is no room left; what else is wrong with the database shows elsewhere."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            for statement in _WRITE_A_FILE.split(";"):
                cursor.execute(statement)
    except DatabaseError as error:
        return "PostgreSQL has no room left to write" if isinstance(outage_of(error), StorageFull) else "ok"
    return "ok"
