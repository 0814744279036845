"""Truto's own Python SDK, unmodified: only its `base_url` and token are ours."""

from __future__ import annotations

import asyncio
import json
import sys
from typing import Any

import aiohttp
from truto_python_sdk import TrutoApi

given = json.load(sys.stdin)
truto = TrutoApi(given["key"], given["url"])
whose = {"integrated_account_id": given["connection"]}


async def main() -> dict[str, Any]:
    proxy, unified = truto.proxy_api, truto.unified_api
    made = await proxy.create("clients", {"name": "Vandelay"}, whose)
    changed = await proxy.update("clients", made["id"], {"name": "Vandelay Inc"}, whose)
    entries = await proxy.list("time_entries", {**whose, "limit": 40, "is_billed": False}).to_array()
    return {
        "link_token": (await truto.link_tokens.create({"tenant_id": "truto"}))["link_token"],
        "account": (await truto.integrated_accounts.get(given["connection"]))["status"],
        "token": "integrated_account_token"
        in await truto.integrated_accounts.create_integrated_account_token(given["connection"]),
        "entries": [entry["id"] for entry in entries],
        "client": [changed["name"], await proxy.delete("clients", made["id"], whose) == {"id": made["id"]}],
        "refused": [await status_of(proxy.get("clients", made["id"], whose)), await status_of(bad_filter())],
        "users": len(await unified.list("user-directory", "users", {**whose, "limit": 2}).to_array()),
        "me": (await unified.list("user-directory", "me", whose).to_array())[0]["first_name"],
        "custom": (await truto.custom_api.get("v2/users/me", **whose))["result"]["first_name"],
    }


async def bad_filter() -> None:
    await truto.proxy_api.list("clients", {**whose, "colour": ["red", "blue"]}).next_page()


async def status_of(call: Any) -> int:
    try:
        await call
    except aiohttp.ClientResponseError as refused:
        return refused.status
    return 200


print(json.dumps(asyncio.run(main())))
