"""Who links what for whom, and what they may do in Harvest, in the linker's language."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from harvest_bridge.connections import rights
from harvest_bridge.connections.models import Connection, Kind, LinkToken


@dataclass(frozen=True)
class RoleWords:
    """`sentence` names the role; `notice` is for whoever links for everybody without being an administrator."""

    sentence: str
    notice: str


@dataclass(frozen=True)
class Fact:
    """One line of what a page says is linked; `detail` is the host's own id beside a name."""

    label: str
    value: str
    detail: str = ""


def whom_facts(link_token: LinkToken) -> list[Fact]:
    """For which customer of the host app, and for which of its people, the account is linked."""
    everyone = _("everyone at this customer")
    is_personal = link_token.kind == Kind.PERSONAL
    person = _named(link_token.user_name, link_token.user_id) if is_personal else (everyone, "")
    return [
        Fact(_("Customer"), *_named(link_token.tenant_name, link_token.tenant_id)),
        Fact(_("Linked for"), *person),
    ]


def this_browser() -> str:
    """The name of somebody who is known by their browser alone."""
    return _("you, in this browser")


def _named(name: str, host_id: str) -> tuple[str, str]:
    """Names are what people know, ids what nobody can take on."""
    return (name, host_id) if name and name != host_id else (host_id, "")


def role_words(connection: Connection) -> RoleWords:
    sentences = {
        "administrator": _("You are an administrator there."),
        "manager": _("You are a manager there."),
        "member": _("You are a member there."),
    }
    role = rights.role_of(connection)
    is_enough = role == rights.ADMINISTRATOR or connection.kind == Kind.PERSONAL
    notice = _("Some data needs an administrator. If something is missing later, ask one to connect once more.")
    return RoleWords(sentences[role], "" if is_enough else notice)
