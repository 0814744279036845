"""The admin's own pages, and out of it what allauth brings for sign-in with other services."""

from __future__ import annotations

from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from django.contrib import admin

from .audit.admin import AuditEntryAdmin
from .operator_admin import AuthenticatorAdmin, GroupAdmin, UserAdmin
from .requests.admin import RequestRecordAdmin
from .workers.admin import JobHourAdmin, WorkerAdmin

__all__ = [
    "AuditEntryAdmin",
    "AuthenticatorAdmin",
    "GroupAdmin",
    "JobHourAdmin",
    "RequestRecordAdmin",
    "UserAdmin",
    "WorkerAdmin",
]

for unused in (EmailAddress, SocialAccount, SocialApp, SocialToken):
    admin.site.unregister(unused)
