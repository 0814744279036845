"""`manage.py migrate`, Django's own, that gives way to whoever uses the tables while it runs."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError
from django.core.management.commands import migrate
from django.db import OperationalError, connections

LOCK_TIMEOUT = "5s"


class Command(migrate.Command):
    """A change that waits for a table's lock makes everybody behind it wait too: after five seconds it gives up."""

    def handle(self, *args: Any, **options: Any) -> None:
        """Errors: CommandError where a lock was not to be had; what was done before stays done."""
        connection = connections[options["database"]]
        if connection.vendor != "postgresql":
            super().handle(*args, **options)
            return
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('lock_timeout', %s, false)", [LOCK_TIMEOUT])
        try:
            super().handle(*args, **options)
        except OperationalError as error:
            if type(error.__cause__).__name__ != "LockNotAvailable":  # of psycopg, which SQLite does without
                raise
            said = f"A table was in use for {LOCK_TIMEOUT}; nothing of that migration was done. Run migrate again."
            raise CommandError(said) from error
