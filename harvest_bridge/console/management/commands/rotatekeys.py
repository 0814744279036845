"""`manage.py rotatekeys`: seal every secret under the newest of ENCRYPTION_KEYS."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from harvest_bridge.crypto.errors import CannotOpen
from harvest_bridge.crypto.ring import key_ring
from harvest_bridge.crypto.rotation import rotate, sealed_fields


class Command(BaseCommand):
    help = (
        "Seal every secret under the newest of ENCRYPTION_KEYS. Put the new key first, restart every process, "
        "run this, then remove the old key. Safe with traffic on, and to run again after it was cut off."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        for field in sealed_fields():
            try:
                for done in rotate(field):
                    self.stdout.write(f"{field.title}: {done} sealed anew")
            except CannotOpen as error:
                raise CommandError(f"{field.title}: {error.message}") from error
        left = sum(field.outdated().count() for field in sealed_fields())
        if left:
            raise CommandError(
                f"{left} values are still under an older key: restart every process, then run this again."
            )
        self.stdout.write(f"Everything is sealed under key {key_ring().newest_key_id}; older keys can be removed.")
