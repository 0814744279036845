"""Roles as groups whose rights follow from a rule, so that a new model's are given as soon as it is migrated."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.contrib.auth.models import Group, Permission
from django.db.models.signals import post_migrate

ADMINISTRATOR, SUPPORT, AUDITOR = "Administrator", "Support", "Auditor"
# What a right's name begins with; an administrator has every one.
_BEGINNINGS = {ADMINISTRATOR: ("",), SUPPORT: ("view_", "retry_"), AUDITOR: ("view_",)}
ROLES = tuple(_BEGINNINGS)


def holds(role: str, codename: str) -> bool:
    """Whether a role has a right, by the right's name: `view_connection`, `retry_mirror`."""
    return codename.startswith(_BEGINNINGS[role])


def is_role(group: Group) -> bool:
    """Such a group's rights are the rule's: nobody changes them by hand."""
    return group.name in _BEGINNINGS


def bring_up_to_date() -> None:
    """Give each role what the rule says, and take what it does not say."""
    given = Group.permissions.through
    names = dict(Permission.objects.values_list("pk", "codename"))
    for role in ROLES:
        group, _ = Group.objects.get_or_create(name=role)
        wanted = {pk for pk, codename in names.items() if holds(role, codename)}
        held = set(given.objects.filter(group=group).values_list("permission_id", flat=True))
        given.objects.bulk_create(
            [given(group_id=group.pk, permission_id=pk) for pk in wanted - held], ignore_conflicts=True
        )
        given.objects.filter(group=group, permission_id__in=held - wanted).delete()


def connect() -> None:
    """Called once, when the app is ready."""
    post_migrate.connect(_after_migrations)


def _after_migrations(sender: Any, **_: Any) -> None:
    """Once, after the last app, when the rights of all of them are there."""
    told = [app for app in apps.get_app_configs() if app.models_module is not None]
    if sender is told[-1]:
        bring_up_to_date()
