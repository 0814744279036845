"""How operators come to have an account: somebody with shell or admin access makes it for them."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.http import HttpRequest


class OperatorAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False


class LinkingOnlyAdapter(DefaultSocialAccountAdapter):
    """Harvest is here to be linked by customers, not to sign operators in."""

    def list_providers(self, request: HttpRequest) -> list[Any]:
        return []
