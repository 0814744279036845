"""Completes a link: exchanges the code or checks the personal token, then stores the connection, all or nothing."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
import structlog
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

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
from harvest_bridge.harvest.records import Account, Company, Identity, TokenGrant

from . import calls, link_storage, pending_grants
from .budget_keys import budget_key
from .errors import (
    AnotherHarvestAccount,
    ConsentDenied,
    HarvestAwayWhileLinking,
    HarvestRefusedLink,
    LinkFailure,
    NoAccessToAccount,
    NoHarvestAccount,
    PersonalTokenRefused,
)
from .models import Authentication, Connection, LinkToken
from .oauth.provider import callback_url
from .pending_grants import PendingGrant

log = structlog.get_logger(__name__)

_REFUSALS = (HarvestGrantRefused, HarvestUnauthorized, HarvestForbidden, HarvestNotFound, HarvestRejected)


@dataclass(frozen=True)
class Confirmation:
    """What the person is asked before anything is linked: one of these accounts, as whom, naming the grant.

    Shape: `linker` is the name and e-mail of whoever is signed in at Harvest; `accounts` has at least one.
    """

    grant_id: str
    linker: str
    accounts: Sequence[Account]


def receive_code(*, link_token: LinkToken, code: str) -> Confirmation:
    """Trade the code for tokens, which wait for the person's confirmation.

    Errors: HarvestRefusedLink, HarvestAwayWhileLinking, NoHarvestAccount, NoAccessToAccount, AnotherHarvestAccount.
    """
    try:
        grant = calls.send_as(None, exchange_code(code, redirect_uri=callback_url()))
    except HarvestError as error:
        raise _link_failure(error) from error
    return _receive(link_token, grant, Authentication.OAUTH2, grant_id=uuid.uuid4())


def receive_personal_token(*, link_token: LinkToken, token: str) -> Confirmation:
    """Ask Harvest whose a pasted personal access token is and what it opens; it waits for confirmation like a grant.

    Errors: PersonalTokenRefused, and those of `receive_code`.
    """
    if not (token.isascii() and token.isprintable()) or " " in token or not 10 <= len(token) <= 500:
        raise PersonalTokenRefused(_("This does not look like a personal access token. Copy it from Harvest whole."))
    grant = TokenGrant(access_token=token, refresh_token="", expires_in=0)
    try:
        return _receive(link_token, grant, Authentication.API_KEY, grant_id=_grant_id_of(token))
    except HarvestRefusedLink as refused:
        if isinstance(refused.__cause__, HarvestUnauthorized):
            words = _("Harvest does not accept this token. Copy it whole, or create a new one.")
            raise PersonalTokenRefused(words) from refused
        raise


def awaited_confirmation(*, link_token: LinkToken, grant_id: str, method: Authentication) -> Confirmation:
    """What waits under this name. Errors: HarvestRefusedLink when nothing does."""
    return _confirmation(pending_grants.kept_for(link_token, grant_id, method=method))


def confirm(*, link_token: LinkToken, grant_id: str, harvest_account_id: str, method: Authentication) -> Connection:
    """Link the chosen one of the granted accounts.

    Errors: those of `receive_code`, AccountLinkedElsewhere, InvalidLinkToken.
    """
    waiting = pending_grants.kept_for(link_token, grant_id, method=method)
    account = next((one for one in waiting.accounts if str(one.id) == harvest_account_id), None)
    if account is None:
        raise NoHarvestAccount(_("That account is not among those you granted. Choose one from the list."))
    try:
        facts = waiting.facts or _facts(waiting, account)
        connection = link_storage.store(link_token=link_token, received=waiting, facts=facts)
    except LinkFailure:
        pending_grants.forget(link_token)
        raise
    log.info("account linked", connection=str(connection.pk), tenant=connection.tenant_id, kind=connection.kind)
    return connection


def decline(*, link_token: LinkToken, grant_id: str, method: Authentication) -> ConsentDenied:
    """Forget what waits under this name: the person does not want it linked."""
    pending_grants.kept_for(link_token, grant_id, method=method)
    pending_grants.forget(link_token)
    return ConsentDenied(_("You did not allow access, so nothing was connected."))


def note_failure(*, link_token: LinkToken, failure: LinkFailure) -> None:
    """For the connect page that waits in another window. The link token stays good."""
    LinkToken.objects.filter(pk=link_token.pk, spent_at=None).update(
        last_failure={
            "error": failure.message,
            "error_type": failure.error_type,
            "code": failure.code,
            "way_on": failure.way_on,
            "at": timezone.now().isoformat(),
        }
    )
    log.warning("link failed", code=failure.code, tenant=link_token.tenant_id, host_app=str(link_token.host_app_id))


def _receive(link_token: LinkToken, grant: TokenGrant, method: Authentication, *, grant_id: uuid.UUID) -> Confirmation:
    received = PendingGrant(grant=grant, method=method, grant_id=grant_id, accounts=(), received_at=timezone.now())
    try:
        identity = calls.send_as(_source(received), list_accounts())
    except HarvestError as error:
        raise _link_failure(error) from error
    accounts = _offered(link_token, identity)
    received = msgspec.structs.replace(received, accounts=accounts, linker=_linker(identity))
    if len(accounts) == 1:
        received = msgspec.structs.replace(received, facts=_facts(received, accounts[0]))
    pending_grants.keep(link_token, received)
    return _confirmation(received)


def _confirmation(received: PendingGrant) -> Confirmation:
    return Confirmation(str(received.grant_id), received.linker, received.accounts)


def _linker(identity: Identity) -> str:
    user = identity.user
    return f"{user.first_name} {user.last_name} <{user.email}>".strip()


def _facts(received: PendingGrant, account: Account) -> dict[str, Any]:
    """Who the person is in that account: the connection's columns, as Harvest tells them."""
    source = _source(received, account)
    try:
        me = calls.send_as(source, get_me())
        company = _company(source)
    except (HarvestUnauthorized, HarvestForbidden, HarvestNotFound) as error:
        words = _("Harvest does not let you into the account “%(account)s”: you may be archived there.")
        raise NoAccessToAccount(words % {"account": account.name}) from error
    except HarvestError as error:
        raise _link_failure(error) from error
    return {
        "harvest_account_id": account.id,
        "harvest_account_name": account.name,
        "harvest_user_id": me.id,
        "linked_by": f"{me.full_name} <{me.email}>",
        "access_roles": list(me.access_roles),
        "timesheet_url": _timesheet_url(company),
        "company": {
            "base_uri": company.base_uri[:255],
            "plan_type": company.plan_type[:100],
            "currency": company.currency[:10],
        },
    }


def _company(source: StaticTokenSource) -> Company:
    """For administrators to read (REFERENCE §6.2); others go without its address and plan."""
    try:
        return calls.send_as(source, get_company())
    except (HarvestForbidden, HarvestNotFound):
        return Company()


def _timesheet_url(company: Company) -> str:
    base_uri = company.base_uri
    return f"{base_uri.rstrip('/')}/time" if base_uri.startswith(("https://", "http://")) else ""


def _offered(link_token: LinkToken, identity: Identity) -> tuple[Account, ...]:
    """The granted accounts that track time; of a re-link, only the connection's own unless the host allows another."""
    harvest = identity.harvest_accounts
    if not harvest and identity.accounts:
        words = _("You gave access to Forecast only, which does not track time. Choose a Harvest account.")
        raise NoHarvestAccount(words)
    if not harvest:
        raise NoHarvestAccount(_("You gave access to no Harvest account. Choose one."))
    relinks = link_token.relinks
    if relinks is None or link_token.allows_another_account:
        return harvest
    same = tuple(account for account in harvest if account.id == relinks.harvest_account_id)
    if not same:
        words = _("This connection belongs to the Harvest account “%(account)s”. Choose that one.")
        raise AnotherHarvestAccount(words % {"account": relinks.harvest_account_name})
    return same


def _source(received: PendingGrant, account: Account | None = None) -> StaticTokenSource:
    account_id = str(account.id) if account else None
    key = budget_key(grant_id=received.grant_id, harvest_account_id=account.id if account else None)
    return StaticTokenSource(received.grant.access_token, account_id, budget_key=key)


def _grant_id_of(token: str) -> uuid.UUID:
    """Two connections on one personal token share Harvest's budget, so they share the name of it."""
    return uuid.UUID(bytes=salted_hmac("harvest_bridge.grant_id", token, algorithm="sha256").digest()[:16])


def _link_failure(error: HarvestError) -> LinkFailure:
    """A definite refusal asks for another try with other choices; everything else passes with time."""
    if isinstance(error, _REFUSALS):
        return HarvestRefusedLink(_("Harvest did not accept the connection. Try again, or choose another account."))
    words = _("Harvest cannot be reached right now. Nothing was stored; try again in a moment.")
    return HarvestAwayWhileLinking(words, retry_after=error.retry_after)
