"""Whose children must be read: those of parents that show a change, and no others.

An invoice's `due_amount` and `state` reveal its payments, in every list of invoices; so ten thousand invoices cost five
calls, and not one for each (REFERENCE §16.3).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from .columns import Fields, Seen, fields_in, whole
from .models import ChildDue, Record, Stream

if TYPE_CHECKING:
    from .writing import StreamTarget, Written

# These say nothing about children.
_OF_NO_MATTER = frozenset({"avatar_url", "notes", "subject", "purchase_order", "telephone"})


def _may_have_payments(fields: Fields) -> bool:
    return fields.state in ("paid", "closed") or fields.due_amount != fields.amount or fields.paid_date is not None


def _may_have_messages(fields: Fields) -> bool:
    return fields.state != "draft"


def _is_manager(fields: Fields) -> bool:
    return fields.access_roles is None or "manager" in fields.access_roles


# Whether a parent that was never seen before can have such children at all.
_MAY_HAVE: dict[str, Callable[[Fields], bool]] = {
    "billable_rates": lambda _: True,
    "cost_rates": lambda _: True,
    "project_assignments": lambda _: True,
    "teammates": _is_manager,
    "invoice_payments": _may_have_payments,
    "invoice_messages": _may_have_messages,
    "estimate_messages": _may_have_messages,
}
_OF_PARENT = {
    "users": ("billable_rates", "cost_rates", "teammates"),
    "invoices": ("invoice_payments", "invoice_messages"),
    "estimates": ("estimate_messages",),
}


def note_due(target: StreamTarget, written: Written) -> None:
    """In the transaction of the parents' change."""
    name = target.resource.name
    for child in _OF_PARENT.get(name, ()):
        new = [one.harvest_id for one in written.created if _MAY_HAVE[child](one.fields)]
        changed = [one.harvest_id for one, names in written.changed if not _OF_NO_MATTER.issuperset(names)]
        add(target.mirror.pk, child, [*new, *changed])
    if name == "users":
        add(target.mirror.pk, "project_assignments", [one.harvest_id for one in written.created])
    if name == "user_assignments":
        add(target.mirror.pk, "project_assignments", _users_of(_seen(written)))
    if name == "task_assignments":
        add(target.mirror.pk, "project_assignments", _users_on(target, _seen(written)))


def _seen(written: Written) -> list[Seen]:
    return [*written.created, *(one for one, _ in written.changed)]


def _users_of(assignments: Iterable[Seen]) -> list[int]:
    found = (whole(one.fields.user) for one in assignments)
    return sorted({each for each in found if each is not None})


def _users_on(target: StreamTarget, assignments: Iterable[Seen]) -> list[int]:
    """Everybody on the projects of these task assignments."""
    projects = {whole(one.fields.project) for one in assignments} - {None}
    rows = Record.objects.filter(stream__mirror=target.mirror, stream__resource="user_assignments", deleted_at=None)
    users = rows.filter(project_id__in=projects, user_id__isnull=False).values_list("user_id", flat=True)
    return sorted({each for each in users if each is not None})


def add(mirror_id: int, resource: str, parent_ids: Iterable[int]) -> None:
    """Unless the resource is left out of this mirror."""
    wanted = sorted(set(parent_ids))
    if not wanted or not Stream.objects.filter(mirror=mirror_id, resource=resource).exists():
        return
    rows = [ChildDue(mirror_id=mirror_id, resource=resource, parent_id=each) for each in wanted]
    ChildDue.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["mirror", "resource", "parent_id"],
        update_fields=["due_at", "is_routine", "failures"],
    )


def may_have(resource: str, raw: str) -> bool:
    """Whether the record of a parent, as Harvest sent it, can have such children."""
    return _MAY_HAVE[resource](fields_in(raw))
