"""Identities prepared for display."""

from __future__ import annotations

from typing import Any

from harvest_bridge.connections.models import Connection

from .matching import Reason
from .models import HarvestUser, Identity
from .queries import harvest_users_of
from .serializers import spoken_of

WORDS = {
    Reason.SAME_EMAIL: "same e-mail",
    Reason.PLUS_ADDRESS: "same mailbox",
    Reason.SAME_NAME: "same name",
    Reason.COMPANY_DOMAIN: "same local part",
    Reason.NAME_IN_EMAIL: "name in e-mail",
    Reason.SIMILAR_NAME: "similar name",
    Reason.INITIALS: "initials",
}


def rows_for_people(connection: Connection, identities: list[Identity]) -> list[dict[str, Any]]:
    """Each identity with its Harvest user, and its candidates with theirs. One query."""
    found = harvest_users_of(connection).filter(harvest_user_id__in=spoken_of(identities))
    users = {user.harvest_user_id: user for user in found}
    return [
        {
            "identity": identity,
            "user": users.get(identity.harvest_user_id or 0),
            "candidates": [_candidate(one, users) for one in identity.candidates],
            "is_waiting": bool(identity.candidates),
        }
        for identity in identities
    ]


def _candidate(candidate: dict[str, Any], users: dict[int, HarvestUser]) -> dict[str, Any]:
    user = users.get(candidate["harvest_user_id"])
    return {
        "id": candidate["harvest_user_id"],
        "name": str(user or candidate["harvest_user_id"]),
        "email": user.email if user else "",
        "flag": user.flag.label if user and user.flag else "",
        "score": candidate["score"],
        "why": ", ".join(WORDS[Reason(reason)] for reason in candidate["reasons"]),
    }
