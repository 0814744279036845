"""Who is who: every query names the connection first, and the connection its host app."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from functools import reduce
from operator import or_
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from harvest_bridge.connections import harvest_permissions
from harvest_bridge.connections.models import Connection, Kind, Status
from harvest_bridge.connections.queries import connections_of
from harvest_bridge.hosts.models import HostApp

from .errors import NoSuchIdentity
from .models import Flag, HarvestUser, Identity, IdentityState, MatchingRun


def identities_of(connection: Connection) -> QuerySet[Identity]:
    """The connection's people in the order of the host's ids."""
    return Identity.objects.filter(connection=connection)


def identity_of(connection: Connection, identity_id: str) -> Identity:
    """One of them. Errors: NoSuchIdentity, for another connection's too."""
    try:
        return identities_of(connection).get(pk=UUID(identity_id))
    except (ValueError, Identity.DoesNotExist) as error:
        raise NoSuchIdentity(
            f"identity_id: this connection has no identity {identity_id[:64]!r}; find it by `external_id` in the list."
        ) from error


def found_by(rows: QuerySet[Identity], text: str) -> QuerySet[Identity]:
    """Those whose id, e-mail or name contains each word of `text`."""
    return rows.filter(_has_words(text, "external_id", "email", "name"))


def counts_of(connection: Connection) -> dict[str, int]:
    """How many are in each state; every state is named."""
    rows = identities_of(connection).order_by().values_list("state").annotate(Count("pk"))
    return dict.fromkeys(IdentityState.values, 0) | dict(rows)


def harvest_users_of(connection: Connection) -> QuerySet[HarvestUser]:
    return HarvestUser.objects.filter(connection=connection)


def harvest_users_found(connection: Connection, text: str) -> QuerySet[HarvestUser]:
    """Those still there whose name or e-mail contains each word of `text`."""
    return harvest_users_of(connection).filter(_has_words(text, "name", "email"), is_gone=False)


def _has_words(text: str, *fields: str) -> Q:
    found = Q()
    for word in text.replace("\0", "").split():
        pattern = "".join(map(_in_any_case, word))
        found &= reduce(or_, (Q(**{f"{field}__regex": pattern}) for field in fields))
    return found


def _in_any_case(letter: str) -> str:
    """As a pattern, since databases fold only ASCII: SQLite always, PostgreSQL in the locale C."""
    small, large = letter.lower(), letter.upper()
    return re.escape(letter) if small == large else f"(?:{small}|{large})"


def latest_run_of(connection: Connection) -> MatchingRun | None:
    return MatchingRun.objects.filter(connection=connection).first()


@dataclass(frozen=True)
class ActingAs:
    """For whom an account connection may act, or why it may not.

    Shape: `connection` with `harvest_user_id`, and an empty `reason`; or a reason alone, in the words of
    docs/identities.md.
    """

    connection: Connection | None = None
    harvest_user_id: int = 0
    reason: str = "not_linked"


def acting_as(host_app: HostApp, *, tenant_id: str, external_id: str) -> ActingAs:
    """The match by which one of the tenant's account connections acts for this person. One query or two."""
    return acting_as_each(host_app, tenant_id=tenant_id, external_ids=[external_id])[external_id]


def acting_as_each(host_app: HostApp, *, tenant_id: str, external_ids: Collection[str]) -> dict[str, ActingAs]:
    """The same for several people of one tenant, in as many queries."""
    accounts = connections_of(host_app).filter(tenant_id=tenant_id, kind=Kind.ACCOUNT)
    people = Identity.objects.filter(connection__in=accounts, external_id__in=external_ids)
    found: dict[str, ActingAs] = {}
    for row in people.select_related("connection__host_app").order_by("-connection__updated_at"):
        acting = _acting(row)
        if row.external_id not in found or (found[row.external_id].reason and not acting.reason):
            found[row.external_id] = acting
    if len(found) < len(external_ids):
        nobody = ActingAs(reason="no_identity" if accounts.exists() else "not_linked")
        found |= {each: nobody for each in external_ids if each not in found}
    return found


def _acting(identity: Identity) -> ActingAs:
    connection = identity.connection
    if identity.state != IdentityState.MATCHED or identity.harvest_user_id is None:
        return ActingAs(reason=identity.state)
    if identity.flag != Flag.NONE:
        return ActingAs(reason=identity.flag)
    if connection.status != Status.ACTIVE:
        return ActingAs(reason="account_needs_reauth")
    if harvest_permissions.role_of(connection) != harvest_permissions.ADMINISTRATOR:
        return ActingAs(reason="administrator_needed")
    return ActingAs(connection, identity.harvest_user_id, reason="")
