"""Texts of the consent pages in the linker's language: who links what for whom, and the rights this gives."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Max
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from harvest_bridge.connections import harvest_permissions
from harvest_bridge.connections.history import What
from harvest_bridge.connections.linking import Confirmation
from harvest_bridge.connections.models import Connection, Kind, LinkToken, Status
from harvest_bridge.hosts.models import Right


@dataclass(frozen=True)
class RoleWords:
    """`sentence` names the role; `notice` is for whoever links for everybody without being an administrator."""

    sentence: str
    notice: str


@dataclass(frozen=True)
class Fact:
    """One line of what a page says is linked; `details` stand below a name: an e-mail address, the host's own id."""

    label: str
    value: str
    details: tuple[str, ...] = ()


def whom_facts(link_token: LinkToken, choice: Confirmation | None = None) -> list[Fact]:
    """For which customer of which host app, and for which of its people, the account is linked.

    With `choice` also whose account it is, as far as that is known before one is chosen.
    """
    whose = [_named(_("Signed in to Harvest as"), choice.linker, "")] if choice else []
    if choice and len(choice.accounts) == 1:
        whose.append(Fact(_("Harvest account"), choice.accounts[0].name))
    is_personal = link_token.kind == Kind.PERSONAL
    everyone = Fact(_("Linked for"), _("everyone at this customer"))
    return [
        *whose,
        Fact(_("Connected to"), link_token.host_app.name),
        _named(_("Customer"), link_token.tenant_name, link_token.tenant_id),
        _named(_("Linked for"), link_token.user_name, link_token.user_id) if is_personal else everyone,
    ]


def this_browser() -> str:
    """The name of somebody who is known by their browser alone."""
    return _("you, in this browser")


def link_facts(connection: Connection) -> list[Fact]:
    """Who linked it for whom and when, whether it works, and when it was last used; days are UTC's."""
    is_personal = connection.kind == Kind.PERSONAL
    is_active = connection.status == Status.ACTIVE
    used_at = connection.last_used_at
    return [
        _named(_("Linked by"), connection.linked_by, ""),
        Fact(_("Linked on"), date_format(_linked_at(connection))),
        Fact(_("Linked for"), connection.user_id if is_personal else _("everyone at this customer")),
        Fact(_("State"), _("Active") if is_active else _("Must be linked again")),
        Fact(_("Last used"), date_format(used_at) if used_at else _("Not yet")),
    ]


def _linked_at(connection: Connection) -> datetime:
    """Linking again changes who linked it, so the last time counts; rows older than the history have their own."""
    links = connection.events.filter(what__in=[What.LINKED, What.RELINKED])
    return links.aggregate(at=Max("at"))["at"] or connection.created_at


def rights_words(linked: LinkToken | Connection) -> list[str]:
    """What the host app will be able to do, or is, and what `granted.py` holds it to."""
    words = {
        Right.READ: _("see everything that you can see in Harvest: people, projects, time, invoices"),
        Right.TIME: _("add, change and delete time entries and expenses as you, with a link back to your work"),
        Right.PEOPLE: _("add, change and archive people, their roles and rates"),
        Right.PROJECTS: _("add, change and delete clients, projects and tasks"),
        Right.INVOICES: _("add, change, send and delete invoices, estimates and payments"),
    }
    return [words[right] for right in Right if right in linked.rights]


def _named(label: str, name: str, host_id: str) -> Fact:
    """Names are what people know, ids what nobody can take on. `Alice <alice@acme.example>` is name and address."""
    shown, _angle, address = name.removesuffix(">").partition(" <")
    parts = [part for part in (shown, address, host_id) if part]
    return Fact(label, parts[0] if parts else "", tuple(part for part in parts[1:] if part != parts[0]))


def role_words(connection: Connection) -> RoleWords:
    sentences = {
        "administrator": _("You are an administrator there."),
        "manager": _("You are a manager there."),
        "member": _("You are a member there."),
    }
    role = harvest_permissions.role_of(connection)
    is_enough = role == harvest_permissions.ADMINISTRATOR or connection.kind == Kind.PERSONAL
    notice = _("Some data needs an administrator. If something is missing later, ask one to connect once more.")
    return RoleWords(sentences[role], "" if is_enough else notice)
