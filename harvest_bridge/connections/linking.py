"""From Harvest's consent to a connection. Nothing is stored unless the whole of it succeeds."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
import structlog
from django.db import transaction
from django.utils import timezone

from harvest_bridge.crypto.ring import key_ring
from harvest_bridge.harvest.credentials import StaticTokenSource
from harvest_bridge.harvest.errors import (
    HarvestError,
    HarvestForbidden,
    HarvestGrantRefused,
    HarvestNotFound,
    HarvestRejected,
    HarvestUnauthorized,
)
from harvest_bridge.harvest.operations import exchange_code, get_company, get_me, list_accounts
from harvest_bridge.harvest.records import Account, Identity, TokenGrant, User

from . import upstream, vault
from .errors import AnotherHarvestAccount, HarvestAwayWhileLinking, HarvestRefusedLink, LinkFailure, NoHarvestAccount
from .models import Connection, LinkToken, Status
from .oauth.provider import callback_url

log = structlog.get_logger(__name__)

_REFUSALS = (HarvestGrantRefused, HarvestUnauthorized, HarvestForbidden, HarvestNotFound, HarvestRejected)


class PendingGrant(msgspec.Struct, frozen=True):
    """A grant that covers several accounts, kept sealed until the person has chosen one."""

    grant: TokenGrant
    accounts: list[Account]
    received_at: datetime


@dataclass(frozen=True)
class AccountChoice:
    """The grant covers several accounts; the person must pick one."""

    accounts: Sequence[Account]


def receive_code(*, link_token: LinkToken, code: str) -> Connection | AccountChoice:
    """Trade the code for tokens; link at once when one account is granted.

    Errors: HarvestRefusedLink, HarvestAwayWhileLinking, NoHarvestAccount, AnotherHarvestAccount.
    """
    received_at = timezone.now()
    try:
        grant = upstream.send(exchange_code(code, redirect_uri=callback_url()))
        identity = upstream.send(list_accounts(), source=StaticTokenSource(grant.access_token))
    except HarvestError as error:
        raise _link_failure(error) from error
    accounts = _offered(link_token, identity)
    pending = PendingGrant(grant=grant, accounts=accounts, received_at=received_at)
    if len(accounts) == 1:
        return _link(link_token, pending, accounts[0])
    _keep(link_token, pending)
    return AccountChoice(accounts)


def choose_account(*, link_token: LinkToken, harvest_account_id: int) -> Connection:
    """Link the chosen one of the granted accounts. Errors: NoHarvestAccount, and those of `receive_code`."""
    pending = pending_grant(link_token)
    account = next((a for a in pending.accounts if a.id == harvest_account_id), None)
    if account is None:
        raise NoHarvestAccount("That account is not among those you granted; choose one of the list.")
    return _link(link_token, pending, account)


def pending_grant(link_token: LinkToken) -> PendingGrant:
    """What waits for the choice. Errors: HarvestRefusedLink when nothing does."""
    if not link_token.sealed_grant:
        raise HarvestRefusedLink("Your permission is no longer waiting here; connect once more.")
    return msgspec.json.decode(key_ring().open(link_token.sealed_grant, bound_to=link_token.binding), type=PendingGrant)


def note_failure(*, link_token: LinkToken, failure: LinkFailure) -> None:
    """For the connect page that waits in another window. The link token stays good."""
    LinkToken.objects.filter(pk=link_token.pk, spent_at=None).update(
        last_failure={"error": failure.message, "error_type": failure.error_type, "code": failure.code}
    )
    log.warning("link failed", code=failure.code, tenant=link_token.tenant_id, host_app=str(link_token.host_app_id))


def _link(link_token: LinkToken, pending: PendingGrant, account: Account) -> Connection:
    source = StaticTokenSource(pending.grant.access_token, str(account.id))
    try:
        me = upstream.send(get_me(), source=source)
        timesheet_url = _timesheet_url(source)
    except HarvestError as error:
        raise _link_failure(error) from error
    connection = _store(link_token, pending, _facts(account, me, timesheet_url))
    log.info("account linked", connection=str(connection.pk), tenant=connection.tenant_id, kind=connection.kind)
    return connection


@transaction.atomic
def _store(link_token: LinkToken, pending: PendingGrant, facts: dict[str, Any]) -> Connection:
    """Write connection and tokens and spend the link token, together; linking again ends as the same connection."""
    connection = _row_for(link_token, facts)
    fields = vault.seal_grant(connection, pending.grant, now=pending.received_at) | facts
    fields["context"] = (connection.context if link_token.keeps_context else {}) | link_token.context
    fields["token_generation"] = connection.token_generation + 1
    for name, value in fields.items():
        setattr(connection, name, value)
    connection.save()
    LinkToken.objects.filter(pk=link_token.pk).update(
        spent_at=timezone.now(), connection=connection, sealed_grant="", last_failure=None
    )
    return connection


def _row_for(link_token: LinkToken, facts: dict[str, Any]) -> Connection:
    """The row to write: the one being re-linked, the same link made earlier, or a new one."""
    if link_token.relinks is not None:
        return Connection.objects.select_for_update().get(pk=link_token.relinks.pk)
    connection, _ = Connection.objects.select_for_update().get_or_create(
        host_app=link_token.host_app,
        tenant_id=link_token.tenant_id,
        kind=link_token.kind,
        user_id=link_token.user_id,
        harvest_account_id=facts["harvest_account_id"],
        defaults=facts,
    )
    return connection


def _facts(account: Account, me: User, timesheet_url: str) -> dict[str, Any]:
    return {
        "status": Status.ACTIVE,
        "last_error": None,
        "disconnected_at": None,
        "harvest_account_id": account.id,
        "harvest_account_name": account.name,
        "harvest_user_id": me.id,
        "linked_by": f"{me.full_name} <{me.email}>",
        "access_roles": list(me.access_roles),
        "timesheet_url": timesheet_url,
        "grant_id": uuid.uuid4(),
    }


def _timesheet_url(source: StaticTokenSource) -> str:
    """The account's own address is for administrators to read (REFERENCE §6.2); others go without the link."""
    try:
        base_uri = upstream.send(get_company(), source=source).base_uri
    except HarvestForbidden:
        return ""
    return f"{base_uri.rstrip('/')}/time" if base_uri.startswith(("https://", "http://")) else ""


def _offered(link_token: LinkToken, identity: Identity) -> list[Account]:
    """The granted accounts that track time; of a re-link, only the connection's own."""
    harvest = list(identity.harvest_accounts)
    if not harvest:
        only = "only Forecast accounts, which do not track time" if identity.accounts else "no account"
        raise NoHarvestAccount(f"You gave access to {only}. Connect once more and choose a Harvest account.")
    if link_token.relinks is None:
        return harvest
    same = [account for account in harvest if account.id == link_token.relinks.harvest_account_id]
    if not same:
        raise AnotherHarvestAccount(
            f"This connection belongs to the Harvest account “{link_token.relinks.harvest_account_name}”. "
            "Connect once more and choose that one."
        )
    return same


def _keep(link_token: LinkToken, pending: PendingGrant) -> None:
    sealed = key_ring().seal(msgspec.json.encode(pending).decode(), bound_to=link_token.binding)
    LinkToken.objects.filter(pk=link_token.pk).update(sealed_grant=sealed)


def _link_failure(error: HarvestError) -> LinkFailure:
    """A definite refusal asks for another try with other choices; everything else passes with time."""
    if isinstance(error, _REFUSALS):
        return HarvestRefusedLink(f"Harvest did not accept the connection: {error.message}")
    return HarvestAwayWhileLinking(
        "Harvest cannot be reached right now. Nothing was stored; try again in a moment.", retry_after=error.retry_after
    )
