"""docs/retries.md, timeouts.md, pacing.md and tokens.md: figures are those of the code, and codes exist."""

from __future__ import annotations

import re

import pytest

from harvest_bridge.api.concurrency import most_at_once
from harvest_bridge.api.limits import connections as limits
from harvest_bridge.connections import renewal, renewal_steps, vault
from harvest_bridge.env import ROOT, Env
from harvest_bridge.harvest import retries
from harvest_bridge.harvest.answers import MIN_RETRY_SECONDS
from harvest_bridge.harvest.budgets import LONGEST_HOLD_SECONDS
from harvest_bridge.harvest.config import GENERAL_ALLOWANCE, REPORTS_ALLOWANCE, HarvestConfig, Timeouts
from harvest_bridge.harvest.gateway import DEFAULT_DEADLINE_SECONDS
from tests.test_error_trees import every_error
from timer_widget import queries
from timer_widget.live import hub
from timer_widget.sessions import widget_tokens

PAGES = {name: (ROOT / "docs" / f"{name}.md").read_text() for name in ("retries", "timeouts", "pacing", "tokens")}
FRONTEND = ROOT / "timer_widget" / "frontend" / "src" / "controller"
WAITS, LENGTHS = Timeouts(), {"general": GENERAL_ALLOWANCE, "reports": REPORTS_ALLOWANCE}


def in_script(name: str, constant: str) -> int:
    """A figure of the browser sources."""
    source = (FRONTEND / name).read_text()
    return int(re.search(rf"const {constant} = ([\d_]+);", source)[1].replace("_", ""))  # type: ignore[index]


FIGURES = [
    ("retries", f"at most {retries.MAX_ATTEMPTS} times"),
    ("retries", f"`HARVEST_QUIET_SECONDS` ({Env().HARVEST_QUIET_SECONDS:g})"),
    ("timeouts", f"`HARVEST_TIMEOUT_SECONDS` ({DEFAULT_DEADLINE_SECONDS:g})"),
    ("timeouts", f"{WAITS.connect:g} s to connect, {WAITS.pool:g} s for a free one"),
    ("timeouts", f"{WAITS.read:g} s without a byte, {WAITS.total:g} s for one request"),
    ("timeouts", f"{WAITS.grant:g} s for its answer"),
    ("timeouts", f"{renewal._LONGEST_WAIT_SECONDS:g} s at most; {renewal._WAIT_WITH_TOKEN_SECONDS:g} s while"),
    ("timeouts", f"we look for {renewal._LONGEST_RENEWAL_SECONDS:g} s"),
    ("timeouts", f"tried for {renewal._LONGEST_STORING_SECONDS:g} s"),
    ("timeouts", f"head is slow | {limits.HEAD_SECONDS:g} s"),
    ("timeouts", f"{limits.UNREAD_SECONDS:g} s without a byte taken"),
    ("timeouts", f"{in_script('timer-api.js', 'READ_MS') // 1000} s for a read"),
    ("timeouts", f"{in_script('timer-api.js', 'WRITE_MS') // 1000} s for a click"),
    ("timeouts", f"a comment every {hub.HEARTBEAT_SECONDS:g} s"),
    ("timeouts", f"totals after a click | {queries._LONGEST_STATE_SECONDS:g} s"),
    ("pacing", f"{LENGTHS['general'].requests} requests in {LENGTHS['general'].window_seconds:g} s"),
    ("pacing", f"{LENGTHS['reports'].requests} reports in {LENGTHS['reports'].window_seconds / 60:g} minutes"),
    ("pacing", f"from {MIN_RETRY_SECONDS:g} s to {LONGEST_HOLD_SECONDS:g} s"),
    ("pacing", f"`HARVEST_MAX_CALLS_IN_FLIGHT` ({HarvestConfig(user_agent='').most_in_flight})"),
    ("pacing", f"a quarter of the threads, {most_at_once(500)} of 500"),
    ("tokens", f"within {vault.CALL_MARGIN.total_seconds() / 60:g} minutes"),
    ("tokens", f"wait {renewal._WAIT_WITH_TOKEN_SECONDS:g} s for that"),
    ("tokens", f"then {renewal_steps._LONGEST_BACK_OFF_SECONDS:g} s; no state changes"),
    ("tokens", f"({widget_tokens.LEEWAY.seconds} s of grace for clocks)"),
    ("tokens", f"{in_script('session.js', 'RENEW_BEFORE_S')} s before"),
]


@pytest.mark.parametrize(("page", "figure"), FIGURES)
def test_the_page_says_what_the_code_does(page: str, figure: str) -> None:
    assert figure in PAGES[page]


@pytest.mark.parametrize("page", PAGES)
def test_every_code_on_the_page_is_one_that_exists(page: str) -> None:
    statuses_and_codes = re.findall(r"(?:([45]\d\d) )?`([a-z]+(?:_[a-z]+)+)`", PAGES[page])
    known = {(kind.code, str(kind.status)) for kind in every_error()}
    codes = {code for code, _ in known} | {"invalid_grant"}
    assert [code for _, code in statuses_and_codes if code not in codes] == []
    assert [(code, status) for status, code in statuses_and_codes if status and (code, status) not in known] == []
