"""No secret survives on its way into a log line."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from harvest_bridge.crypto.redaction import HIDDEN, redact, redact_value
from harvest_bridge.env import ROOT

CANARIES = [
    "hb_live_abcdefgh12345678",
    "hb_ts_abcdefgh12345678",
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
