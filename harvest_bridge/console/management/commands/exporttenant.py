"""`manage.py exporttenant HOST_APP TENANT FILE`: all that is kept of one customer, as a file to hand over."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from harvest_bridge.console.audit.record import record
from harvest_bridge.console.tenants.command import TenantCommand
from harvest_bridge.console.tenants.export import export


class Command(TenantCommand):
    help = "Write everything that is kept of one customer, but no secret, to one file, with a receipt."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("file", type=Path, help="Where to; must not exist yet. Such as acme.tar.gz")

    def handle(self, *args: Any, **options: Any) -> None:
        host_app = self.host_app(options)
        record("exported a tenant", about=host_app, detail=f"tenant_id={options['tenant_id']}")
        try:
            receipt = export(host_app, options["tenant_id"], options["file"].absolute())
        except OSError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(receipt.text())
