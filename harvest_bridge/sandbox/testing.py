"""A sandbox Harvest for tests, on a real socket.

    with running_sandbox() as harvest:
        harvest.url                                   # http://127.0.0.1:<free port>: API host and identity host at once
        token = harvest.token_for("alice")            # an OAuth access token for all of her accounts
        harvest.get("/v2/users/me", "alice").json()   # ask as somebody
        harvest.reset()                               # back to the seed; cheap, call it between tests

Start one per session and `reset()` per test. Everything is thread safe: the server runs in its own thread, and each
helper holds the world's lock. Records (`Project`, `TimeEntry`, ...) are the sandbox's own objects; read them freely,
change them through helpers or inside `with harvest.world.lock`.

People of the agency (account `harvest.account`, duration mode): alice (administrator; also in the studio and
in Forecast), bruno (manager; also in Forecast), carmen, dev, elif, finn, grace, hana (members), ivan, julia, kwame
(contractors), laura (archived). The studio (`harvest.studio`, timestamp mode): alice (administrator), mona (member).
"alice" may also be called "admin", "bruno" "manager", "carmen" "member", "ivan" "contractor", "laura" "archived".
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import httpx
import msgspec

from harvest_bridge.sandbox.account import Account
from harvest_bridge.sandbox.clock import Clock
from harvest_bridge.sandbox.faults import Fault
from harvest_bridge.sandbox.identities import Identity, personal_token_of
from harvest_bridge.sandbox.journal import Journal, Received
from harvest_bridge.sandbox.records import ExternalReference, Project, Task, TimeEntry, User
from harvest_bridge.sandbox.seed import seed_of
from harvest_bridge.sandbox.seed.agency import AGENCY_ID
from harvest_bridge.sandbox.seed.studio import FORECAST_ID, STUDIO_ID
from harvest_bridge.sandbox.server import served_in_thread
from harvest_bridge.sandbox.switches import Switches
from harvest_bridge.sandbox.world import OAuthClient, World

ALIASES = {"admin": "alice", "manager": "bruno", "member": "carmen", "contractor": "ivan", "archived": "laura"}
USER_AGENT = "Sandbox tests (tests@example.com)"


@contextmanager
def running_sandbox(
    *,
    entries: int = 900,
    seed: Callable[[World], None] | None = None,
    clock: Clock | None = None,
    switches: Switches | None = None,
    client: OAuthClient | None = None,
    port: int = 0,
) -> Iterator[RunningSandbox]:
    """Shape: yields a RunningSandbox. `entries` is about how many time entries the agency has; `seed` fills the world in
    its place. A fixed `clock` makes the whole seed the same for ever: `Clock(lambda: 1_795_500_000.0)`."""
    world = World(seed or seed_of(entries), clock=clock, switches=switches, client=client)
    with served_in_thread(world, port=port) as url, httpx.Client(base_url=url, trust_env=False) as http:
        yield RunningSandbox(world, url, http)


class RunningSandbox:
    """See the module's docstring. Accounts may be given as `Account` or id; people by first name, e-mail or alias."""

    def __init__(self, world: World, url: str, http: httpx.Client) -> None:
        self.world = world
        self.url = url
        self._http = http

    # The world

    def reset(self) -> None:
        """Back to the seed, the default switches and the machine's time; tokens given out before are dead."""
        with self.world.lock:
            self.world.switches.turn(msgspec.structs.asdict(Switches()))
            self.world.clock.offset = 0.0
            self.world.reset()

    @property
    def account(self) -> Account:
        """The agency, which tracks durations."""
        return self.world.accounts[AGENCY_ID]

    @property
    def studio(self) -> Account:
        """The second account of Alice, which tracks start and end times."""
        return self.world.accounts[STUDIO_ID]

    @property
    def forecast_account_id(self) -> int:
        return FORECAST_ID

    @property
    def client(self) -> OAuthClient:
        """The registered application: `client_id`, `client_secret`, `redirect_urls`."""
        return self.world.client

    def switch(self, **values: Any) -> None:
        """Turn switches (see switches.py), as in `switch(delete_body="empty", refresh_tokens="rotate")`."""
        with self.world.lock:
            self.world.switches.turn(values)

    def set_mode(self, account: Account | int, *, timestamp: bool) -> None:
        with self.world.lock:
            self._account(account).company.wants_timestamp_timers = timestamp

    # People, projects, entries

    def identity(self, who: str) -> Identity:
        name = ALIASES.get(who, who).lower()
        return next(one for one in self.world.identities.values() if name in (one.first_name.lower(), one.email))

    def user(self, who: str, account: Account | int | None = None) -> User:
        """The person's user in one account, the agency unless another is named."""
        chosen = self._account(account)
        return chosen.users[self.identity(who).users[chosen.id] or 0]

    def pick(self, who: str, account: Account | int | None = None) -> tuple[Project, Task]:
        """A project and a task that the person can track to."""
        return self.picks(who, account)[0]

    def picks(self, who: str, account: Account | int | None = None) -> list[tuple[Project, Task]]:
        """Every project and task that the person can track to."""
        chosen, user = self._account(account), self.user(who, account)
        projects = [
            p.project for p in chosen.user_assignments if p.user is user and p.is_active and p.project.is_active
        ]
        return [
            (project, pair.task)
            for project in projects
            for pair in chosen.task_assignments
            if pair.project is project and pair.is_active and pair.task.is_active
        ]

    def entries(self, who: str, account: Account | int | None = None) -> list[TimeEntry]:
        """All time entries of a person, latest day first."""
        chosen = self._account(account)
        with self.world.lock:
            return sorted(chosen.time_entries.of_user(self.user(who, chosen).id), key=chosen.time_entries.order)

    def running(self, who: str, account: Account | int | None = None) -> TimeEntry | None:
        chosen = self._account(account)
        with self.world.lock:
            return chosen.time_entries.running_of(self.user(who, chosen).id)

    def entries_on(self, item_id: str, account: Account | int | None = None) -> list[TimeEntry]:
        """The entries whose external reference names this item."""
        with self.world.lock:
            return self._account(account).time_entries.of_reference(item_id)

    def add_entry(
        self,
        who: str,
        *,
        hours: str | Decimal = "1.00",
        spent_date: date | None = None,
        project: Project | None = None,
        task: Task | None = None,
        notes: str | None = None,
        item_id: str | None = None,
        permalink: str | None = None,
        account: Account | int | None = None,
    ) -> TimeEntry:
        """A finished entry, without asking the API."""
        chosen, user = self._account(account), self.user(who, account)
        with self.world.lock:
            project, task = (project, task) if project and task else self.pick(who, account)
            person_pair, task_pair = chosen.assignment_of(user, project), chosen.task_on(project, task)
            if person_pair is None or task_pair is None:
                raise LookupError(f"{user.name} cannot track {task.name} on {project.name}")
            stamp = self.world.clock.stamp()
            entry = TimeEntry(
                id=chosen.ids.next("time_entries"),
                created_at=stamp,
                updated_at=stamp,
                user=user,
                project=project,
                task=task,
                user_assignment=person_pair,
                task_assignment=task_pair,
                spent_date=spent_date or stamp.date(),
                hours=Decimal(hours).quantize(Decimal("0.01")),
                notes=notes,
                external_reference=_reference(item_id, permalink),
            )
            return chosen.time_entries.add(entry)

    # Tokens

    def token_for(self, who: str, *accounts: Account | int) -> str:
        """An OAuth access token, granted for the given accounts (ids are fine; none means all the person has)."""
        return str(self.tokens_for(who, *accounts)["access_token"])

    def tokens_for(self, who: str, *accounts: Account | int) -> dict[str, Any]:
        """`access_token` and `refresh_token` of one new grant, as the token endpoint would give them."""
        identity = self.identity(who)
        ids = tuple(one if isinstance(one, int) else one.id for one in accounts) or None
        with self.world.lock:
            return self.world.tokens.issue(identity, self.client.client_id, ids)

    def personal_token(self, who: str) -> str:
        """The seeded personal access token, the same at every start: `7000101.pt.alice`."""
        return personal_token_of(self.identity(who))

    def expire(self, access_token: str) -> None:
        with self.world.lock:
            self.world.tokens.expire(access_token)

    def revoke(self, token: str) -> None:
        """An access token alone; given a refresh token, the whole grant with all its tokens."""
        with self.world.lock:
            self.world.tokens.revoke(token)

    def revoke_all(self, who: str) -> None:
        """As when a person removes the application on the developers page: every grant of the person is gone."""
        identity = self.identity(who)
        with self.world.lock:
            for token in self.world.tokens.access_tokens():
                if token.grant.identity is identity:
                    token.grant.is_revoked = True

    # Time and trouble

    @property
    def clock(self) -> Clock:
        return self.world.clock

    def now(self) -> datetime:
        return self.world.clock.now()

    def advance(self, seconds: float) -> None:
        """Move the sandbox's clock on: timers run, tokens expire, budgets refill, the Date header moves."""
        self.world.clock.advance(seconds)

    def fault(self, kind: str, **details: Any) -> Fault:
        """Order a fault (see faults.py), as in `fault("lost_answer", method="POST", path="/v2/time_entries")`.

        Once, unless `times=` says otherwise (None: until `clear_faults()`).
        """
        fault = msgspec.convert({"kind": kind, **details}, Fault)
        with self.world.lock:
            return self.world.faults.add(fault)

    def clear_faults(self) -> None:
        with self.world.lock:
            self.world.faults.clear()

    # What was received

    @property
    def journal(self) -> Journal:
        return self.world.journal

    def requests(self, method: str | None = None, path: str | None = None) -> list[Received]:
        """Received requests, oldest first; a `path` ending in `*` matches by its beginning."""
        return self.world.journal.requests(method, path)

    # Asking as somebody

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

    def _account(self, account: Account | int | None) -> Account:
        if isinstance(account, Account):
            return account
        return self.world.accounts[account or AGENCY_ID]


def _reference(item_id: str | None, permalink: str | None) -> ExternalReference | None:
    if item_id is None:
        return None
    return ExternalReference(id=item_id, group_id=None, account_id=None, permalink=permalink)
