"""Harvest's users as a connection sees them, kept so that people can be chosen without asking Harvest each time."""

from __future__ import annotations

from django.db import transaction

from harvest_bridge.connections import calls, harvest_permissions
from harvest_bridge.connections.models import Connection, Kind
from harvest_bridge.harvest.budgets import Lane
from harvest_bridge.harvest.errors import HarvestMalformed
from harvest_bridge.harvest.operations import get_me, list_users
from harvest_bridge.harvest.pages import walk_pages
from harvest_bridge.harvest.records import User

from .errors import AccountConnectionNeeded, AdministratorNeeded
from .models import HarvestUser
from .queries import harvest_users_of

_PAGE = 2000
_FIELDS = ["name", "email", "is_active", "is_gone"]


def check_can_match(connection: Connection) -> None:
    """Errors: AccountConnectionNeeded; AdministratorNeeded, which says who linked the account."""
    if connection.kind != Kind.ACCOUNT:
        raise AccountConnectionNeeded(
            "integrated_account_id: this is one person's own connection; name the account's, linked without `user_id`."
        )
    if harvest_permissions.role_of(connection) != harvest_permissions.ADMINISTRATOR:
        raise AdministratorNeeded(harvest_permissions.refusal(connection, "/v2/users", takes_all=True))


def read_directory(connection: Connection) -> None:
    """Read every user of the account; who is missing from the whole list is gone.

    Errors: AccountConnectionNeeded, AdministratorNeeded, NeedsReauth and the HarvestError tree; then nothing changes.
    """
    _note_rights(connection)
    check_can_match(connection)
    pages = list(
        walk_pages(
            lambda operation: calls.send(connection, operation, lane=Lane.SYNC),
            lambda at: list_users(at, per_page=_PAGE),
        )
    )
    if any(page.unreadable for page in pages):
        raise HarvestMalformed("Harvest sent a user that cannot be read; everybody left out would look gone.")
    _keep(connection, [user for page in pages for user in page.items])


def _note_rights(connection: Connection) -> None:
    """A demoted linker gets a shorter list and no refusal: everybody missing from it would look gone."""
    roles = list(calls.send(connection, get_me(), lane=Lane.SYNC).access_roles)
    if roles != connection.access_roles:
        connection.access_roles = roles
        Connection.objects.filter(pk=connection.pk).update(access_roles=roles)


@transaction.atomic
def _keep(connection: Connection, users: list[User]) -> None:
    rows = [
        HarvestUser(
            connection=connection,
            harvest_user_id=user.id,
            name=user.full_name[:255],
            email=user.email[:255],
            is_active=user.is_active,
        )
        for user in {user.id: user for user in users}.values()
    ]
    harvest_users_of(connection).update(is_gone=True)
    HarvestUser.objects.bulk_create(
        rows,
        batch_size=1000,
        update_conflicts=True,
        unique_fields=["connection", "harvest_user_id"],
        update_fields=_FIELDS,
    )
