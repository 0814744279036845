"""Database connections are few; whoever waits for something else gives theirs back first."""

from __future__ import annotations

import threading

from django.db import connection as database

# A connection to SQLite is three open files, and one costs little to open: only many threads give theirs up.
_MOST_THREADS_WITH_FILES = 64


def let_go_of_database() -> None:
    """Give this thread's database connection back before a wait that may be long, so that others can have it.

    Not where it carries a transaction.
    """
    if not database.in_atomic_block and (database.vendor == "postgresql" or _are_files_scarce()):
        database.close()


def _are_files_scarce() -> bool:
    return threading.active_count() > _MOST_THREADS_WITH_FILES
