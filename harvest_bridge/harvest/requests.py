"""Encodes an operation as an HTTP request."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import quote, urlencode

import msgspec

from harvest_bridge.harvest.config import HarvestConfig
from harvest_bridge.harvest.credentials import Credentials
from harvest_bridge.harvest.operations.operation import Auth, Host, Operation, RawBody
from harvest_bridge.harvest.transport import Outgoing


def outgoing(operation: Operation[Any], credentials: Credentials | None, config: HarvestConfig) -> Outgoing:
    """The request for `operation`, made as `credentials`, or as our own client where that is how it is authorised."""
    headers = {"accept": "application/json", "user-agent": config.user_agent}
    if credentials is not None:
        headers["authorization"] = f"Bearer {credentials.access_token}"
        if operation.host is Host.API and credentials.account_id is not None:
            headers["harvest-account-id"] = credentials.account_id
    body, longest = b"", None
    if operation.auth is Auth.CLIENT:
        longest = config.timeouts.grant
        client = {"client_id": config.client_id, "client_secret": config.client_secret}
        headers["content-type"] = "application/x-www-form-urlencoded"
        body = encoded_query({**operation.fields, **client}).encode()
    elif isinstance(operation.body, RawBody):
        headers["content-type"], body = operation.body.content_type, operation.body.content
    elif operation.body is not None:
        headers["content-type"] = "application/json"
        body = msgspec.json.encode(operation.body)
    query = encoded_query(operation.query)
    most_bytes = operation.most_bytes
    return Outgoing(operation.verb, operation.host, operation.path, query, headers, body, longest, most_bytes)


def encoded_query(values: Mapping[str, Any]) -> str:
    """A query string or form: None is left out, flags are `true` and `false`, moments are whole seconds in UTC; a list
    repeats its name."""
    pairs = [(name, each) for name, value in values.items() for each in (value if isinstance(value, list) else [value])]
    return urlencode([(name, _text(each)) for name, each in pairs if each is not None], quote_via=quote, safe="")


def _text(value: Any) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case datetime():
            return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        case date():
            return value.isoformat()
    return str(value)
