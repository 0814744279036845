"""No secret survives on its way into a log line."""

from __future__ import annotations

import json
import re
import subprocess
import sys

import pytest

from harvest_bridge.crypto.redaction import HIDDEN, redact, redact_value
from harvest_bridge.crypto.tokens import new_token
from harvest_bridge.env import ROOT

CANARIES = [
    "hb_live_abcdefgh12345678",
    "hb_ts_abcdefgh12345678",
    "hb_widget_canarycanary",
    "hb_si_canarycanary",
    "hb_iat_canarycanary",
    "/connect-account?link_token=hb_link_canarycanary",
    "/accounts/password/reset/key/3-canary-canarycanary/",
    "kept WzEsImh0dHBzOi8vYS5leGFtcGxlIl0:1vQq0a:canarycanarycanarycanarycanarycanary1234567",
    "eyJhbGciOiJIUzI1NiJ9.canarycanary",
    "7000101.at.canarycanary",
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In0.c2lnbmF0dXJl",
    "Bearer opaque-canary-token",
    "/connect-account?link_token=opaque-canary",
    "/connect-account/callback?code=opaque-canary&state=canary-state",
    "client_secret=opaque-canary",
]


@pytest.mark.parametrize("text", CANARIES)
def test_a_secret_is_hidden_by_its_shape(text: str) -> None:
    hidden = redact(f"before {text} after")
    assert HIDDEN in hidden
    assert "canary" not in hidden
    assert hidden.startswith("before ")


def test_a_secret_is_hidden_by_its_name() -> None:
    shown = redact_value({"refresh_token": "opaque", "nested": [{"password": "opaque"}], "tenant": "acme", "count": 3})
    assert "opaque" not in json.dumps(shown)
    assert shown["tenant"] == "acme"
    assert shown["count"] == 3


def test_every_kind_of_token_that_we_hand_out_is_hidden() -> None:
    """Their prefixes, as they stand in the code that makes them."""
    sources = [*(ROOT / "harvest_bridge").rglob("*.py"), *(ROOT / "timer_widget").rglob("*.py")]
    prefixes = {found for source in sources for found in re.findall(r'"(hb_[a-z]+_)"', source.read_text())}
    assert {"hb_live_", "hb_widget_", "hb_link_", "hb_iat_", "hb_ts_", "hb_si_"} <= prefixes
    shown = {prefix: redact(new_token(prefix)) for prefix in prefixes}
    assert shown == dict.fromkeys(prefixes, HIDDEN)


def test_a_long_text_is_cut_before_it_is_searched() -> None:
    text = "word " * 100_000 + "hb_live_canarycanary"
    shown = redact(text)
    assert shown.startswith("word word ")
    assert "canary" not in shown
    assert len(shown) < len(text) / 5
    assert "more characters" in shown


def test_plain_words_stay_readable() -> None:
    text = "GET /unified/user-directory/users?limit=2 200"
    assert redact(text) == text


_PROGRAM = """
import json, logging, logging.config, sys
import structlog
from harvest_bridge.logs import logging_config

logging.config.dictConfig(logging_config("INFO"))
for canary in json.loads(sys.argv[1]):
    structlog.get_logger("harvest_bridge.test").info("asked", url=canary, access_token="canary")
    logging.getLogger("uvicorn.access").info('%s - "%s"', "127.0.0.1", canary)
    try:
        raise ValueError(canary)
    except ValueError:
        logging.getLogger("harvest_bridge.test").exception("broke")
"""


def test_log_lines_and_tracebacks_are_covered() -> None:
    program = [sys.executable, "-c", _PROGRAM, json.dumps(CANARIES)]
    printed = subprocess.run(program, capture_output=True, text=True, check=True, cwd=ROOT).stderr
    assert printed.count("ValueError") >= len(CANARIES)
    assert printed.count(HIDDEN) >= 3 * len(CANARIES)
    assert "canary" not in printed
