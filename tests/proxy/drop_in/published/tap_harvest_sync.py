"""Singer's tap-harvest, unmodified, over all its streams. Its host is an attribute; it renews no token here."""

from __future__ import annotations

import json
import sys
from datetime import datetime, timedelta

from singer import metadata
from tap_harvest.client import Client
from tap_harvest.discover import discover
from tap_harvest.sync import sync

given = json.load(sys.stdin)
config = {"start_date": "2020-01-01T00:00:00Z", "user_agent": "tests (them@example.com)"}
client = Client(config)
client.base_url = f"{given['url']}/v2"
client._access_token, client._account_id = given["key"], given["account"]
client._expires_at = datetime.now() + timedelta(hours=1)
catalog = discover()
for stream in catalog.streams:
    stream.metadata = metadata.to_list(metadata.write(metadata.to_map(stream.metadata), (), "selected", True))
sync(client=client, config=config, catalog=catalog, state={})
