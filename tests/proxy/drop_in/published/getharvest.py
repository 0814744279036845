"""getharvest-api-wrapper, unmodified: its host is an attribute of its class."""

from __future__ import annotations

import json
import sys

from getharvest_api_wrapper import HarvestAPI

given = json.load(sys.stdin)
HarvestAPI.HARVEST_BASE_URL = f"{given['url']}/v2"
harvest = HarvestAPI("tests (them@example.com)", given["key"], given["account"])

wanted = {"project_id": given["project"], "task_id": given["task"], "spent_date": given["day"]}
started = harvest.create_time_entry(wanted).json()
stopped = harvest.stop_running_time_entry(started["id"]).json()
answers = [
    harvest.restart_stopped_time_entry(started["id"]),
    harvest.update_time_entry(started["id"], {"notes": "Pruned"}),
    harvest.get_time_entries({"is_running": "true", "per_page": 1}),
    harvest.delete_time_entry(started["id"]),
    harvest.get_time_entry_by_id(started["id"]),
]
print(json.dumps([started["is_running"], stopped["is_running"]]))
print(json.dumps([answer.status_code for answer in answers]))
print(json.dumps([answers[1].json()["notes"], answers[2].json()["time_entries"][0]["id"] == started["id"]]))
