"""Asking as somebody: API calls with a personal token, and what a person does on the consent page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import httpx

from harvest_bridge.sandbox.account import Account
from harvest_bridge.sandbox.testing.tokens import Tokens

USER_AGENT = "Sandbox tests (tests@example.com)"


class Asking(Tokens):
    def headers(self, who: str, account: Account | int | None = None) -> dict[str, str]:
        """The three headers of an API call, with the person's personal token."""
        return {
            "Authorization": f"Bearer {self.personal_token(who)}",
            "Harvest-Account-Id": str(self._account(account).id),
            "User-Agent": USER_AGENT,
        }

    def request(
        self, method: str, path: str, who: str = "admin", *, account: Account | int | None = None, **options: Any
    ) -> httpx.Response:
        """One API call; `options` go to httpx (`json=`, `params=`, `headers=`)."""
        headers = {**self.headers(who, account), **options.pop("headers", {})}
        return self._http.request(method, path, headers=headers, **options)

    def get(self, path: str, who: str = "admin", **options: Any) -> httpx.Response:
        return self.request("GET", path, who, **options)

    def post(self, path: str, who: str = "admin", **options: Any) -> httpx.Response:
        return self.request("POST", path, who, **options)

    def patch(self, path: str, who: str = "admin", **options: Any) -> httpx.Response:
        return self.request("PATCH", path, who, **options)

    def delete(self, path: str, who: str = "admin", **options: Any) -> httpx.Response:
        return self.request("DELETE", path, who, **options)

    def consent(
        self,
        authorize_url: str,
        who: str = "admin",
        *,
        accounts: Sequence[Account | int] | str = "all",
        allow: bool = True,
    ) -> str:
        """Do what a person does on the consent page.

        Shape: the URL that the browser is sent to, with `code`, `scope` and `state`, or with `error`.
        """
        asked = dict(httpx.URL(authorize_url).params)
        ids = accounts if isinstance(accounts, str) else [str(self._account(one).id) for one in accounts]
        form = {
            **asked,
            "identity_id": str(self.identity(who).id),
            "account_ids": ids,
            "decision": "allow" if allow else "deny",
        }
        answer = self._http.post("/oauth2/authorize", data=form)
        if answer.status_code != 302:
            raise AssertionError(f"consent refused: {answer.status_code} {answer.text}")
        return str(answer.headers["Location"])
