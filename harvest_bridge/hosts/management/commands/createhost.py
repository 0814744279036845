"""`manage.py createhost`: a host app with its keys, printed as one JSON object."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from harvest_bridge.errors import BridgeError
from harvest_bridge.hosts.services import create_host_app


class Command(BaseCommand):
    help = "Create a host app and print its id and keys as JSON. The secrets are shown this once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--name", required=True, help="Shown to people who link their Harvest account.")
        parser.add_argument(
            "--origin", action="append", required=True, help="A page origin that may embed the timer; may be repeated."
        )

    def handle(self, *args: Any, name: str, origin: list[str], **options: Any) -> None:
        try:
            new = create_host_app(name=name, origins=origin)
        except BridgeError as error:
            raise CommandError(error.message) from error
        self.stdout.write(
            json.dumps(
                {
                    "host_app_id": str(new.host_app.pk),
                    "api_key": new.api_key,
                    "widget_key_id": new.widget_key.pk,
                    "widget_secret": new.widget_secret,
                }
            )
        )
