"""Receipts of expenses, at the link that the API gives. Harvest asks for a sign-in there; the sandbox has none."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from harvest_bridge.sandbox.errors import no_route
from harvest_bridge.sandbox.pages import refused
from harvest_bridge.sandbox.world import World


class Receipts:
    def __init__(self, world: World) -> None:
        self._world = world

    async def __call__(self, request: Request) -> Response:
        for account in list(self._world.accounts.values()):
            expense = account.expenses.get(request.path_params["expense_id"])
            if expense is not None and expense.receipt is not None:
                headers = {"Content-Security-Policy": "sandbox", "X-Content-Type-Options": "nosniff"}
                return Response(expense.receipt.content, media_type=expense.receipt.content_type, headers=headers)
        return refused(no_route())
