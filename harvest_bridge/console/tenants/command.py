"""What both commands ask for: a host app and one of its customers."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from harvest_bridge.hosts.models import HostApp

from .erasure import counted


class TenantCommand(BaseCommand):
    """Takes a host app's id and the id by which it knows its customer."""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("host_app_id", help="As createhost printed it, or as the admin shows it.")
        parser.add_argument("tenant_id", help="The host app's own id of its customer.")

    def host_app(self, options: dict[str, Any]) -> HostApp:
        """Errors: CommandError, where there is no such host app or it has nothing of this customer."""
        try:
            host_app = HostApp.objects.get(pk=options["host_app_id"])
        except (HostApp.DoesNotExist, ValidationError, ValueError) as error:
            known = ", ".join(f"{one.pk} ({one.name})" for one in HostApp.objects.all()[:20])
            raise CommandError(
                f"There is no host app {options['host_app_id']}. There are: {known or 'none'}."
            ) from error
        if not counted(host_app, options["tenant_id"]):
            raise CommandError(f"Nothing is kept of {options['tenant_id']} for {host_app.name}.")
        return host_app
