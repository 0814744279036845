"""`manage.py mirrorhost`: a host app's accounts are mirrored as soon as they are linked, or no longer."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from harvest_bridge.hosts.models import HostApp
from harvest_bridge.mirror.models import HostPolicy


class Command(BaseCommand):
    help = "Mirror every account that is linked for a host app, from its linking on."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("host_app", help="The id that createhost printed.")
        parser.add_argument(
            "--off", action="store_true", help="Begin no more mirrors by itself; those there are go on."
        )

    def handle(self, *args: Any, host_app: str, off: bool, **options: Any) -> None:
        try:
            host = HostApp.objects.get(pk=host_app)
        except (HostApp.DoesNotExist, ValidationError, ValueError) as error:
            raise CommandError(f"There is no host app {host_app}.") from error
        HostPolicy.objects.update_or_create(host_app=host, defaults={"begins_by_itself": not off})
        self.stdout.write(
            f"{host.name}: {'no more accounts are' if off else 'every account that is linked is'} mirrored."
        )
