"""`manage.py createhost`: a host app with its keys, printed as one JSON object."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError, ProgrammingError

from harvest_bridge.crypto.rotation import unknown_keys
from harvest_bridge.errors import BridgeError
from harvest_bridge.hosts.models import USUAL_SCOPES, Scope
from harvest_bridge.hosts.services import create_host_app

_NO_TABLES = (
    "This database has no tables of ours. Run `manage.py migrate` with the same settings first. For the host apps of "
    "`make demo`: start the demo once, and run this without SECRET_KEY, ENCRYPTION_KEYS, DATABASE_URL and DEBUG."
)


def refuse_foreign_keys() -> None:
    """Errors: CommandError where this database was sealed under keys that these settings lack."""
    if missing := unknown_keys():
        raise CommandError(
            f"This database holds secrets under the key {', '.join(sorted(missing))}, which ENCRYPTION_KEYS lacks: "
            "what is sealed now, the running bridge could not open. Run this with the bridge's own ENCRYPTION_KEYS."
        )


class Command(BaseCommand):
    help = "Create a host app and print its id and keys as JSON. The secrets are shown this once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--name", required=True, help="Shown to people who link their Harvest account.")
        parser.add_argument(
            "--origin", action="append", required=True, help="A page origin that may embed the timer; may be repeated."
        )
        parser.add_argument(
            "--scope",
            action="append",
            choices=Scope.values,
            help="What the API key may do; may be repeated. Every scope but invoice_links unless you say.",
        )

    def handle(self, *args: Any, name: str, origin: list[str], scope: list[str] | None = None, **options: Any) -> None:
        try:
            refuse_foreign_keys()
            new = create_host_app(name=name, origins=origin, scopes=scope or USUAL_SCOPES)
        except (OperationalError, ProgrammingError) as error:
            raise CommandError(_NO_TABLES) from error
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
