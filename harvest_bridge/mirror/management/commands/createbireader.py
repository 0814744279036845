"""`manage.py createbireader`: a PostgreSQL role that reads one host app's mirrored rows, for BI tools."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError
from django.db import ProgrammingError
from django.db import connection as database

from harvest_bridge.errors import BridgeError
from harvest_bridge.hosts.models import HostApp
from harvest_bridge.mirror.reading.bi_roles import create_reader, remove_reader
from harvest_bridge.mirror.reading.bi_views import SCHEMA

_NO_RIGHT = (
    "The bridge's own database user may not make roles. Let a superuser grant it that once "
    "(ALTER ROLE … CREATEROLE), run this again, and take it back."
)


class Command(BaseCommand):
    help = "Make a PostgreSQL role that reads the mirrored rows of one host app, and print its password this once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("role", help="The role's name: small letters, digits, underscores.")
        parser.add_argument("--host-app", type=UUID, help="The id of the host app whose rows it reads.")
        parser.add_argument("--remove", action="store_true", help="Remove the role instead.")

    def handle(self, *args: Any, role: str, host_app: UUID | None, remove: bool, **options: Any) -> None:
        try:
            if remove:
                remove_reader(role=role)
                self.stdout.write(json.dumps({"removed": role}))
            else:
                self._create(role, host_app)
        except ProgrammingError as error:
            raise CommandError(f"{_NO_RIGHT} PostgreSQL said: {error}") from error
        except BridgeError as error:
            raise CommandError(error.message) from error

    def _create(self, role: str, host_app_id: UUID | None) -> None:
        host_app = HostApp.objects.filter(pk=host_app_id).first() if host_app_id else None
        if host_app is None:
            raise CommandError("--host-app: name the host app by its id; the admin shows it.")
        password = create_reader(host_app=host_app, role=role)
        made = {"role": role, "password": password, "database": database.settings_dict["NAME"], "schema": SCHEMA}
        self.stdout.write(json.dumps(made | {"host_app_id": str(host_app.pk)}))
