"""`manage.py resetoperator`: let somebody in again who lost their password or their second factor."""

from __future__ import annotations

import secrets
from argparse import ArgumentParser
from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from harvest_bridge.console.audit.record import record


class Command(BaseCommand):
    help = "Give an operator a new password, printed once, and remove their second factor. Their sessions end."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--keep-password", action="store_true", help="remove the second factor alone")
        parser.add_argument("--keep-second-factor", action="store_true", help="reset the password alone")

    @transaction.atomic
    def handle(self, *args: Any, username: str, **options: Any) -> None:
        user = User.objects.filter(username=username).first()
        if user is None:
            raise CommandError(f"There is no operator called {username!r}; `manage.py createsuperuser` makes one.")
        if not user.is_active:
            raise CommandError(f"{username} is deactivated; another superuser can activate them in the admin.")
        if not options["keep_second_factor"]:
            count, _ = Authenticator.objects.filter(user=user).delete()
            self.stdout.write("The second factor is removed." if count else "There was no second factor.")
        if not options["keep_password"]:
            password = secrets.token_urlsafe(15)
            user.set_password(password)
            user.save(update_fields=["password"])
            self.stdout.write(f"The new password of {username} is {password}; change it after signing in.")
        record("reset an operator", about=user, detail=username)
