"""In whose days an account's invoices fall due: a zone per account, INVOICES_TIMEZONE where none was set."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo, available_timezones

from django.conf import settings
from django.utils import timezone

from .models import AccountSettings


def zone_name_of(connection_id: UUID) -> str:
    found = AccountSettings.objects.filter(connection=connection_id).values_list("timezone", flat=True).first()
    return found or str(settings.INVOICES_TIMEZONE)


def zone_of(connection_id: UUID) -> ZoneInfo:
    return ZoneInfo(zone_name_of(connection_id))


def today_in(zone: ZoneInfo, *, now: datetime | None = None) -> date:
    return (now or timezone.now()).astimezone(zone).date()


def is_zone(name: str) -> bool:
    return name in available_timezones()
