"""How the host's back end asks for answers."""

from __future__ import annotations

from typing import Any

from rest_framework.test import APIClient

from harvest_bridge.connections.models import Connection


class Asking:
    """Of one account. Errors: AssertionError for any status but the expected one."""

    def __init__(self, api: APIClient, connection: Connection) -> None:
        self.api, self.account = api, str(connection.pk)

    def get(self, path: str, *, status: int = 200, **query: Any) -> Any:
        return self._checked(self.api.get(f"/insights/{path}", self._named(query)), status)

    def send(self, verb: str, path: str, body: Any = None, *, status: int = 200) -> Any:
        address = f"/insights/{path}?integrated_account_id={self.account}"
        return self._checked(getattr(self.api, verb)(address, body, format="json"), status)

    def every(self, path: str, **query: Any) -> list[Any]:
        """The rows of all pages."""
        rows, cursor = [], ""
        while cursor is not None:
            page = self.get(path, **query, **({"next_cursor": cursor} if cursor else {}))
            rows += page["result"]
            cursor = page["next_cursor"]
        return rows

    def follow(self, link: str, *, status: int = 200) -> Any:
        """A path that an answer gave."""
        return self._checked(self.api.get(f"{link}&integrated_account_id={self.account}"), status)

    def _named(self, query: dict[str, Any]) -> dict[str, Any]:
        given = {name.rstrip("_"): value for name, value in query.items()}
        return {"integrated_account_id": self.account, **given}

    def _checked(self, answer: Any, status: int) -> Any:
        assert answer.status_code == status, answer.content
        return answer.json()
