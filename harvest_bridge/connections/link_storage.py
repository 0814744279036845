"""Stores a completed link in one transaction: connection, tokens, history, the spent link token."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from . import events, history, token_rows
from .errors import AccountLinkedElsewhere, InvalidLinkToken
from .history import What
from .models import Authentication, Connection, LinkToken, Status
from .pending_grants import PendingGrant


@transaction.atomic
def store(*, link_token: LinkToken, received: PendingGrant, facts: dict[str, Any]) -> Connection:
    """The connection, active; linking again ends as the same one. `facts` are its columns as Harvest told them.

    Errors: InvalidLinkToken when another window spent the link token meanwhile, AccountLinkedElsewhere.
    """
    now = timezone.now()
    unspent = LinkToken.objects.filter(pk=link_token.pk, spent_at=None, expires_at__gt=now)
    if not unspent.update(spent_at=now, sealed_grant="", last_failure=None):
        raise InvalidLinkToken(_("This link was used already, or has expired."))
    connection = _row_for(link_token, facts)
    what = What.RELINKED if connection.token_generation else What.LINKED
    is_new = what == What.LINKED or connection.disconnected_at is not None
    _write(connection, facts | _state() | _tokens(connection, received) | _asked(connection, link_token))
    history.note(connection, what, actor=history.linker(connection.linked_by))
    events.publish(connection, events.CREATED if is_new else events.UPDATED, events.ACTIVE)
    LinkToken.objects.filter(pk=link_token.pk).update(connection=connection)
    return connection


def _row_for(link_token: LinkToken, facts: dict[str, Any]) -> Connection:
    """The row to write: the one being re-linked, the same link made earlier, or a new one."""
    rows = Connection.objects.select_for_update()
    if link_token.relinks is not None:
        return rows.get(pk=link_token.relinks.pk)
    connection, _created = rows.get_or_create(
        host_app=link_token.host_app,
        tenant_id=link_token.tenant_id,
        kind=link_token.kind,
        user_id=link_token.user_id,
        harvest_account_id=facts["harvest_account_id"],
        defaults=facts,
    )
    return connection


def _write(connection: Connection, fields: dict[str, Any]) -> None:
    for name, value in fields.items():
        setattr(connection, name, value)
    try:
        with transaction.atomic():
            connection.save()
    except IntegrityError as error:
        words = _("Another connection already has the Harvest account “%(account)s”. Choose a different one.")
        raise AccountLinkedElsewhere(words % {"account": connection.harvest_account_name}) from error


def _state() -> dict[str, Any]:
    return {"status": Status.ACTIVE, "last_error": None, "last_forbidden_error": None, "disconnected_at": None}


def _tokens(connection: Connection, received: PendingGrant) -> dict[str, Any]:
    """A personal access token neither expires nor can be renewed."""
    is_personal = received.method == Authentication.API_KEY
    lasting = {"sealed_refresh_token": "", "access_token_expires_at": None} if is_personal else {}
    return {
        **token_rows.seal_grant(connection, received.grant, now=received.received_at),
        **lasting,
        "authentication_method": received.method,
        "token_generation": connection.token_generation + 1,
        "grant_id": received.grant_id,
    }


def _asked(connection: Connection, link_token: LinkToken) -> dict[str, Any]:
    """What the link token asked for, as the linker was told."""
    kept = connection.context if link_token.keeps_context else {}
    return {"rights": link_token.rights, "context": kept | link_token.context}
