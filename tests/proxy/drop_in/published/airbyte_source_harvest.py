"""Airbyte's source-harvest, unmodified, over the streams that are named. Its host stands in its manifest."""

from __future__ import annotations

import dataclasses
import json
import logging
import pkgutil
import sys
from typing import Any

given = json.load(sys.stdin)
_process_class = dataclasses._process_class  # type: ignore[attr-defined]


def _hashable(*args: Any) -> Any:
    """Python 3.11 forbids defaults without a hash, of which this connector kit for 3.9 and 3.10 has some."""
    made = _process_class(*args)
    made.__hash__ = made.__hash__ or object.__hash__
    return made


dataclasses._process_class = _hashable  # type: ignore[attr-defined]

from airbyte_cdk.models import (  # noqa: E402
    ConfiguredAirbyteCatalog,
    ConfiguredAirbyteStream,
    DestinationSyncMode,
    SyncMode,
    Type,
)
from source_harvest import SourceHarvest  # noqa: E402

manifest = pkgutil.get_data("source_harvest", "manifest.yaml").decode()
here = manifest.replace("https://api.harvestapp.com/v2/", f"{given['url']}/v2/")
SourceHarvest._read_and_parse_yaml_file = lambda source, path: source._parse(here)
source = SourceHarvest()
config = {
    "account_id": given["account"],
    "replication_start_date": "2015-01-01T00:00:00Z",
    "credentials": {"auth_type": "Token", "api_token": given["key"]},
}
logger = logging.getLogger("airbyte")
logger.setLevel(logging.ERROR)
streams = [
    ConfiguredAirbyteStream(
        stream=stream, sync_mode=SyncMode.full_refresh, destination_sync_mode=DestinationSyncMode.overwrite
    )
    for stream in source.discover(logger, config).streams
    if stream.name in given["streams"]
]
for message in source.read(logger, config, ConfiguredAirbyteCatalog(streams=streams)):
    if message.type is Type.RECORD:
        print(json.dumps({"stream": message.record.stream, "record": message.record.data}))
