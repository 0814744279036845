"""What the worker does for connections: renew tokens ahead of their expiry, forget old ones of ours."""

from __future__ import annotations

import structlog
from django.utils import timezone
from huey import crontab
from huey.contrib.djhuey import db_periodic_task, db_task

from harvest_bridge.errors import BridgeError

from . import pending, services, vault
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
        vault.credentials(connection, margin=vault.REFRESH_AHEAD)
    except BridgeError as error:
        log.warning("token refresh failed", connection=connection_id, code=error.code)


@db_periodic_task(crontab(minute="*/10"))
def forget_expired_tokens() -> None:
    """Link tokens and integrated-account tokens past their life, and grants whose choice was never made."""
    services.forget_expired(now=timezone.now())
    pending.forget_abandoned(now=timezone.now())
