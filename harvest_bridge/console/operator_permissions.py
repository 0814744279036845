"""Which operator may change which: nobody gains permissions through the account of somebody with more."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import Group, Permission, User
from django.db.models import Q, QuerySet

from .roles import is_role


def held_by(user: User) -> set[int]:
    """Ids of the permissions that an operator has, or would have once active again."""
    if user.is_superuser:
        return set(Permission.objects.values_list("pk", flat=True))
    rows = Permission.objects.filter(Q(user=user) | Q(group__user=user))
    return set(rows.values_list("pk", flat=True))


def may_change(editor: Any, operator: User) -> bool:
    """Only superusers change superusers; everybody else only whose rights they hold themselves."""
    return editor.is_superuser or (not operator.is_superuser and held_by(operator) <= held_by(editor))


def may_change_group(editor: Any, group: Group) -> bool:
    """Nobody changes a role: the next `migrate` would undo it."""
    if is_role(group):
        return False
    return editor.is_superuser or set(group.permissions.values_list("pk", flat=True)) <= held_by(editor)


def permissions_to_give(editor: Any) -> QuerySet[Permission]:
    rows = Permission.objects.select_related("content_type")
    return rows if editor.is_superuser else rows.filter(pk__in=held_by(editor))


def groups_to_give(editor: Any) -> QuerySet[Group]:
    """Those that hold nothing beyond what the editor holds."""
    if editor.is_superuser:
        return Group.objects.all()
    beyond = Permission.objects.exclude(pk__in=held_by(editor))
    return Group.objects.exclude(permissions__in=beyond)
