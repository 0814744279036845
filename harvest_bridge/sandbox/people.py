"""People as a whole: what joining, archiving and leaving an account brings with it."""

from __future__ import annotations

from harvest_bridge.sandbox.account import Account
from harvest_bridge.sandbox.errors import unprocessable
from harvest_bridge.sandbox.identities import Identity
from harvest_bridge.sandbox.records import User
from harvest_bridge.sandbox.world import World

BASE_ROLES = ("administrator", "manager", "member")
EXTRA_ROLES = (
    "project_creator",
    "billable_rates_manager",
    "managed_projects_invoice_drafter",
    "managed_projects_invoice_manager",
    "client_and_task_manager",
    "time_and_expenses_manager",
    "estimates_manager",
    "people_manager",
)


def identify(world: World, account: Account, user: User) -> Identity:
    """The sign-in of `user`: the one with the same e-mail address, or a new one with a personal token."""
    for identity in world.identities.values():
        if identity.email == user.email:
            identity.users[account.id] = user.id
            return identity
    identity = Identity(
        id=world.ids.next("identities"),
        first_name=user.first_name,
        last_name=user.last_name,
        email=user.email,
        users={account.id: user.id},
    )
    world.identities[identity.id] = identity
    world.tokens.add_personal_token(identity)
    return identity


def forget(world: World, account: Account, user: User) -> None:
    """Take a deleted person out of everything that pointed at him or her."""
    for pair in [pair for pair in account.user_assignments if pair.user is user]:
        account.user_assignments.remove(pair)
    for role in account.roles:
        role.users = [one for one in role.users if one is not user]
    for other in account.users:
        other.teammates = [one for one in other.teammates if one is not user]
    for identity in world.identities.values():
        if identity.users.get(account.id) == user.id:
            del identity.users[account.id]


def has_tracked(account: Account, user: User) -> bool:
    return bool(account.time_entries.of_user(user.id)) or any(one.user is user for one in account.expenses)


def access_roles_of(names: list[str]) -> list[str]:
    """Errors: 422 unless there is one base role, and extra rights for a manager only."""
    base = [name for name in names if name in BASE_ROLES]
    extra = [name for name in names if name not in BASE_ROLES]
    if len(base) != 1 or any(name not in EXTRA_ROLES for name in extra) or (extra and base != ["manager"]):
        raise unprocessable("Access roles is invalid")
    return base + extra
