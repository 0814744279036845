"""`manage.py run_huey`: a worker."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import CommandError
from huey.contrib.djhuey.management.commands import run_huey

from harvest_bridge import process_memory
from harvest_bridge.checks import refuse_bad_settings


class Command(run_huey.Command):  # type: ignore[misc]  # huey is not typed
    help = "Run a worker, until Ctrl-C or SIGTERM."
    requires_system_checks: list[str] = []  # Django's would load every page, which a worker has no use for

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            refuse_bad_settings()
        except ImproperlyConfigured as error:
            raise CommandError(str(error)) from error
        process_memory.bound_heaps()
        super().handle(*args, **options)
