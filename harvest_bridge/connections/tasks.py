"""Periodic jobs for connections: refresh tokens ahead of expiry, delete expired tokens of ours."""

from __future__ import annotations

import structlog
from django.utils import timezone
from huey import crontab
from huey.contrib.djhuey import db_periodic_task, db_task

from harvest_bridge.errors import BridgeError

from . import pending_grants, renewal, services, vault
from .models import Connection

log = structlog.get_logger(__name__)


@db_periodic_task(crontab(minute="*"))
def refresh_tokens_ahead() -> None:
    """Wake one task per connection whose access token ends soon."""
    for connection in vault.refresh_due(now=timezone.now()):
        refresh_tokens(str(connection.pk))


@db_task()
def refresh_tokens(connection_id: str) -> None:
    """Renew one connection's tokens; a failure that passes with time waits for the next minute."""
    connection = Connection.objects.filter(pk=connection_id, disconnected_at=None).first()
    if connection is None:
        return
    try:
        renewal.credentials_now(connection, margin=vault.REFRESH_AHEAD)
    except BridgeError as error:
        log.warning("token refresh failed", connection=connection_id, code=error.code)


@db_periodic_task(crontab(minute="*/5"))
def look_at_ended_connections() -> None:
    """Wake one task per connection that had to be linked again lately: Harvest may have been mistaken."""
    for connection in vault.lately_ended(now=timezone.now()):
        look_at_ended(str(connection.pk))


@db_task()
def look_at_ended(connection_id: str) -> None:
    """Revive one connection if its tokens work after all; how often Harvest is asked that is the vault's to say."""
    connection = Connection.objects.filter(pk=connection_id, disconnected_at=None).first()
    if connection is None:
        return
    try:
        renewal.revive_now(connection)
    except BridgeError as error:
        log.info("connection still has to be linked again", connection=connection_id, code=error.code)


@db_periodic_task(crontab(minute="*/10"))
def forget_expired_tokens() -> None:
    """Link tokens and integrated-account tokens past their life, and grants whose choice was never made."""
    services.forget_expired(now=timezone.now())
    pending_grants.forget_abandoned(now=timezone.now())
