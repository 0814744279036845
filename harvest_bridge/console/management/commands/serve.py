"""`manage.py serve`: everything that one machine needs, in the foreground, until it is told to stop."""

from __future__ import annotations

import os
import sys
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from harvest_bridge.checks import refuse_bad_settings


class Command(BaseCommand):
    help = "Migrate the database, then run the web process and a worker under one supervisor, until Ctrl-C or SIGTERM."
    requires_system_checks: list[str] = []  # refused below, with every problem and its remedy at once

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="Address to listen on; 0.0.0.0 for all.")
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--no-migrate", action="store_true", help="Leave the database's schema as it is.")

    def handle(self, *args: Any, **options: Any) -> None:
        """The supervisor takes this process's place, so that Django is not loaded a third time for it."""
        try:
            refuse_bad_settings()
        except ImproperlyConfigured as error:
            raise CommandError(str(error)) from error
        if not options["no_migrate"]:
            call_command("migrate", verbosity=1)
        where = ["--host", options["host"], "--port", str(options["port"])]
        self.stdout.flush()
        os.execv(sys.executable, [sys.executable, "-m", "harvest_bridge.console.serving", *where])  # noqa: S606
