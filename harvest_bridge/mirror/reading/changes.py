"""GET /mirror/changes: the feed by long polling. While it waits it has neither a thread nor a database connection."""

from __future__ import annotations

from starlette.requests import Request

from harvest_bridge.api.authentication import bearer_token
from harvest_bridge.webhooks.stream import LongPolling
from harvest_bridge.webhooks.waiting import Waiting

from .changes_page import CHANGES, newest_positions, read_changes
from .feed_parameters import FeedQuestion, feed_question

ROUTE = CHANGES
waiting = Waiting(newest_positions)


def _asked(request: Request) -> FeedQuestion:
    token = bearer_token(request.headers.get("Authorization", ""))
    return feed_question(token, request.query_params.multi_items(), position="after", takes_wait=True)


changes = LongPolling(ROUTE, ask=_asked, read=read_changes, waiting=waiting)
