"""Link tokens, integrated-account tokens, disconnecting."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from harvest_bridge.api.errors import InvalidRequest
from harvest_bridge.crypto.tokens import new_token, token_hash
from harvest_bridge.hosts.models import ApiKey, HostApp, WidgetKey
from harvest_bridge.hosts.queries import rights_of
from harvest_bridge.stored_json import check_size

from . import events, history
from .errors import RedirectNotAllowed, RightNotAsked
from .history import What
from .models import MAX_CONTEXT, Connection, IntegratedAccountToken, Kind, LinkToken, SpentState
from .redirects import is_home

LINK_TOKEN_PREFIX = "hb_link_"  # noqa: S105
LINK_TOKEN_LIFE = timedelta(days=7)
ACCOUNT_TOKEN_PREFIX = "hb_iat_"  # noqa: S105
ACCOUNT_TOKEN_LIFE = timedelta(minutes=15)
_LAST_USE_RESOLUTION = timedelta(minutes=1)


def create_link_token(
    *,
    host_app: HostApp,
    tenant_id: str,
    user_id: str = "",
    context: dict[str, Any] | None = None,
    redirect_uri: str = "",
    relinks: Connection | None = None,
    keeps_context: bool = False,
    allows_another_account: bool = False,
    api_key: ApiKey | None = None,
    widget_key: WidgetKey | None = None,
    tenant_name: str = "",
    user_name: str = "",
    rights: Sequence[str] | None = None,
    proof: str = "",
    life: timedelta = LINK_TOKEN_LIFE,
) -> str:
    """A link token's text, good for one connection.

    With `user_id` the connection is that person's own, without it the account's. `relinks` renews that connection
    instead. With `api_key` or `widget_key`, the key of whoever asked for it, it ends when that key does.
    With `proof` only the browser that shows that secret may go on with it.
    `rights` asks for fewer than the host app does.
    Errors: RedirectNotAllowed, RightNotAsked, ValueTooLarge.
    """
    if redirect_uri:
        _check_redirect(host_app, redirect_uri)
    kept = relinks.context if relinks and keeps_context else {}
    check_size("context", kept | (context or {}), MAX_CONTEXT)
    text = new_token(LINK_TOKEN_PREFIX)
    LinkToken.objects.create(
        token_hash=token_hash(text),
        host_app=host_app,
        tenant_id=relinks.tenant_id if relinks else tenant_id,
        kind=relinks.kind if relinks else (Kind.PERSONAL if user_id else Kind.ACCOUNT),
        user_id=relinks.user_id if relinks else user_id,
        context=context or {},
        keeps_context=keeps_context,
        redirect_uri=redirect_uri,
        relinks=relinks,
        allows_another_account=allows_another_account,
        api_key=api_key,
        widget_key=widget_key,
        rights=_rights(host_app, rights),
        tenant_name=tenant_name[:255],
        user_name=user_name[:255],
        browser_hash=token_hash(proof) if proof else "",
        expires_at=timezone.now() + life,
    )
    return text


def forget_older_links(*, host_app: HostApp, tenant_id: str, user_id: str, keep: int) -> None:
    """Of the links that one person began in a browser and did not finish, only the newest stay."""
    begun = LinkToken.objects.filter(host_app=host_app, tenant_id=tenant_id, user_id=user_id, spent_at=None)
    newest = begun.exclude(browser_hash="").order_by("-created_at").values_list("pk", flat=True)
    LinkToken.objects.filter(pk__in=list(newest[keep : 2 * keep])).delete()


def create_account_token(
    *,
    connection: Connection,
    api_key: ApiKey,
    scopes: Sequence[str] | None = None,
    now: datetime | None = None,
) -> str:
    """A token for the data of this one connection, good for 15 minutes and for no more than `api_key` is good for; with
    `scopes` for these alone.

    Errors: InvalidRequest for a scope that the key lacks.
    """
    lacking = [scope for scope in scopes or () if scope not in api_key.scopes]
    if lacking:
        raise InvalidRequest(f"scopes: the API key of this call lacks “{lacking[0]}”, so its tokens cannot have it.")
    text = new_token(ACCOUNT_TOKEN_PREFIX)
    IntegratedAccountToken.objects.create(
        token_hash=token_hash(text),
        connection=connection,
        api_key=api_key,
        scopes=None if scopes is None else sorted(set(scopes)),
        expires_at=(now or timezone.now()) + ACCOUNT_TOKEN_LIFE,
    )
    return text


@transaction.atomic
def change(*, connection: Connection, context: dict[str, Any], label: str | None, actor: str) -> Connection:
    """Merge `context` one level deep, as Truto does: nested objects and lists are replaced whole.

    A `label` of None leaves the label as it is.
    Errors: ValueTooLarge, also when it is too large together with what is there.
    """
    row = Connection.objects.select_for_update().get(pk=connection.pk)
    if context:
        row.context = row.context | context
        check_size("context", row.context, MAX_CONTEXT)
    row.label = row.label if label is None else label
    row.save(update_fields=["context", "label", "updated_at"])
    history.note(
        row, What.CHANGED, actor=actor, detail=", ".join([*context, *(["label"] if label is not None else [])])
    )
    changed = [name for name, is_given in (("context", context), ("label", label is not None)) if is_given]
    if changed:
        events.publish(row, events.UPDATED, changed=changed)
    return row


@transaction.atomic
def disconnect(*, connection: Connection, actor: str) -> None:
    """Forget the tokens at once; the row stays as history, and linking the same account again revives it."""
    connection.tokens.all().delete()
    history.note(connection, What.DISCONNECTED, actor=actor)
    events.publish(connection, events.DELETED)
    Connection.objects.filter(pk=connection.pk).update(
        sealed_access_token="",
        sealed_refresh_token="",
        access_token_expires_at=None,
        disconnected_at=timezone.now(),
        updated_at=timezone.now(),
    )


def note_use(*, connection: Connection, now: datetime) -> None:
    """Keep the last use, to the minute: one write a minute and connection, not one a call."""
    if is_use_due(connection=connection, now=now):
        Connection.objects.filter(pk=connection.pk).update(last_used_at=now)
        connection.last_used_at = now


def is_use_due(*, connection: Connection, now: datetime) -> bool:
    return connection.last_used_at is None or now - connection.last_used_at > _LAST_USE_RESOLUTION


def note_use_of_link_token(*, link_token: LinkToken, now: datetime) -> None:
    """The same for a link token that a page was opened with, or that asked for its outcome."""
    if link_token.last_used_at is None or now - link_token.last_used_at > _LAST_USE_RESOLUTION:
        LinkToken.objects.filter(pk=link_token.pk).update(last_used_at=now)
        link_token.last_used_at = now


def forget_expired(*, now: datetime) -> int:
    """Delete expired tokens of both kinds and spent states; returns how many."""
    links, _ = LinkToken.objects.filter(expires_at__lt=now).delete()
    tokens, _ = IntegratedAccountToken.objects.filter(expires_at__lt=now).delete()
    states, _ = SpentState.objects.filter(expires_at__lt=now).delete()
    return links + tokens + states


def _rights(host_app: HostApp, wanted: Sequence[str] | None) -> list[str]:
    """Those of the host app, or fewer. Errors: RightNotAsked."""
    offered = rights_of(host_app)
    beyond = [right for right in wanted or [] if right not in offered]
    if beyond:
        raise RightNotAsked(
            f"rights: this host app does not ask for {', '.join(beyond)}, only for {', '.join(offered)}; an operator "
            "sets that at the host app in the admin, and an API key with the scope “harvest” must be able to use it."
        )
    return offered if wanted is None else [right for right in offered if right in wanted]


def _check_redirect(host_app: HostApp, redirect_uri: str) -> None:
    if not is_home(redirect_uri, host_app):
        raise RedirectNotAllowed(
            "redirect_uri: must be on one of this host app's allowed origins; add its origin in the admin first."
        )
