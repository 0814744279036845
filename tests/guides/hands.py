"""What people do while a guide's commands run: `python -m tests.guides.hands consent LINK_TOKEN WHO`.

The surroundings come in the environment, as to the guide's own commands: BRIDGE, KEY, SANDBOX.
"""

from __future__ import annotations

import os
import re
import sys
import time
from datetime import date, timedelta
from typing import Any

import httpx

BRIDGE, SANDBOX = os.environ["BRIDGE"], os.environ["SANDBOX"]
AGENCY = "1408215"


def asked(method: str, path: str, **more: Any) -> Any:
    headers = {"Authorization": f"Bearer {os.environ['KEY']}"}
    answer = httpx.request(method, f"{BRIDGE}{path}", headers=headers, trust_env=False, timeout=60, **more)
    return answer.raise_for_status().json()


def people() -> dict[str, Any]:
    """By first name."""
    accounts = httpx.get(f"{SANDBOX}/sandbox/api/accounts", trust_env=False).json()["accounts"]
    agency = next(one for one in accounts if str(one["id"]) == AGENCY)
    return {one["name"].split()[0].lower(): one for one in agency["people"]}


def consent(link_token: str, who: str) -> None:
    """Opens the connect page, allows at Harvest, and says yes to the page after it."""
    with httpx.Client(base_url=BRIDGE, trust_env=False, timeout=60) as browser:
        away = browser.get("/connect-account/authorize", params={"link_token": link_token}).headers["Location"]
        form = dict(httpx.URL(away).params) | {"account_ids": AGENCY, "decision": "allow"}
        identity = people()[who]["personal_token"].partition(".")[0]
        allowed = browser.post(f"{SANDBOX}/oauth2/authorize", data=form | {"identity_id": identity})
        page = browser.get(allowed.headers["Location"], follow_redirects=True).text
        fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page))
        done = browser.post("/connect-account/account", data=fields | {"account": AGENCY})
        assert done.status_code in (200, 302), done.text


def linked(tenant: str, who: str) -> None:
    """Prints the id of an account that was linked for this customer."""
    consent(asked("POST", "/link-token", json={"tenant_id": tenant})["link_token"], who)
    print(asked("GET", "/integrated-account", params={"tenant_id": tenant})["result"][0]["id"])


def end_access(who: str) -> None:
    """The person takes the permission back in Harvest, for every application."""
    email = f"{who}@fennelfinch.example"
    httpx.post(f"{SANDBOX}/sandbox/api/tokens/revoke", json={"email": email}, trust_env=False).raise_for_status()


def await_status(account: str, status: str) -> None:
    """Uses the connection until it has this status, as the worker would within a minute."""
    for _ in range(240):
        httpx.get(
            f"{BRIDGE}/proxy/users",
            params={"integrated_account_id": account, "limit": 1},
            headers={"Authorization": f"Bearer {os.environ['KEY']}"},
            trust_env=False,
            timeout=60,
        )
        if asked("GET", f"/integrated-account/{account}")["status"] == status:
            return
        time.sleep(0.25)
    raise AssertionError(f"{account} has never become {status}")


def month_before_last() -> None:
    """Prints its first day. All of its time is approved in the sandbox."""
    first = date.today().replace(day=1)
    print(((first - timedelta(days=1)).replace(day=1) - timedelta(days=1)).replace(day=1))


def days_ago(days: str) -> None:
    print(date.today() - timedelta(days=int(days)))


if __name__ == "__main__":
    globals()[sys.argv[1]](*sys.argv[2:])
