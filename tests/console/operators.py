"""Staff with exactly the rights that a test gives them."""

from __future__ import annotations

import re

from django.contrib.auth.models import Permission, User
from django.test import Client

PASS_PHRASE = "a long pass phrase"


def staff(name: str, *rights: str) -> User:
    """`rights` as Django writes them: `hosts.change_hostapp`."""
    user = User.objects.create_user(name, f"{name}@example.com", PASS_PHRASE, is_staff=True)
    for right in rights:
        app, _, codename = right.partition(".")
        user.user_permissions.add(Permission.objects.get(content_type__app_label=app, codename=codename))
    return user


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def superuser(name: str = "root") -> User:
    return User.objects.create_superuser(name, f"{name}@example.com", PASS_PHRASE)


def crumbs(page: str) -> list[str]:
    """The words of the way to a page of the admin."""
    line = page.partition("<h1 class")[2].partition("</h1>")[0].partition(">")[2]
    words = re.sub(r"<span class=\"material-symbols[^<]*</span>|<[^>]+>", "\n", line)
    return [word.strip() for word in words.split("\n") if word.strip()]
