"""What the linker may do in Harvest, in the linker's language."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from harvest_bridge.connections import rights
from harvest_bridge.connections.models import Connection, Kind


@dataclass(frozen=True)
class RoleWords:
    """`sentence` names the role; `notice` is for whoever links for everybody without being an administrator."""

    sentence: str
    notice: str


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
