"""What Harvest's refusals and failures become, whatever shape they come in (REFERENCE §5)."""

from __future__ import annotations

import json
from email.utils import formatdate
from typing import Any

import httpx
import pytest

from harvest_bridge.harvest.answers import error_from, retry_after
from harvest_bridge.harvest.errors import (
    HarvestError,
    HarvestForbidden,
    HarvestGrantRefused,
    HarvestMalformed,
    HarvestNotFound,
    HarvestRateLimited,
    HarvestRejected,
    HarvestUnauthorized,
    HarvestUnavailable,
)
from harvest_bridge.harvest.operations import get_me, refresh_access_token
from harvest_bridge.harvest.transport import Answer
from tests.harvest.recorded import recorded

WINDOW = 15.0


def error_of(answer: Answer, *secrets: str) -> HarvestError:
    return error_from(answer, get_me(), window=WINDOW, secrets=secrets)


def answer(status: int, body: Any = b"", **headers: str) -> Answer:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Answer(status, httpx.Headers({name.replace("_", "-"): value for name, value in headers.items()}), content)


@pytest.mark.parametrize(
    ("status", "body", "kind", "message"),
    [
        (400, b"Bad Request", HarvestRejected, "Harvest answered 400 Bad Request."),
        (401, {"error": "invalid_token", "error_description": "Expired."}, HarvestUnauthorized, "Expired."),
        (401, b"", HarvestUnauthorized, "Harvest answered 401 Unauthorized."),
        (403, {"message": "Not authorized!"}, HarvestForbidden, "Not authorized!"),
        (403, b"<html>Cloudflare</html>", HarvestForbidden, "Harvest answered 403 Forbidden."),
        (404, {"status": 404, "error": "Not Found"}, HarvestNotFound, "Not Found"),
        (404, b"<html>No route</html>", HarvestNotFound, "Harvest answered 404 Not Found."),
        (422, {"message": "can't stop a stopped timer"}, HarvestRejected, "can't stop a stopped timer"),
        (422, {"message": ["a", "b"]}, HarvestRejected, "Harvest answered 422 Unprocessable Entity."),
        (422, [1], HarvestRejected, "Harvest answered 422 Unprocessable Entity."),
        (429, b"", HarvestRateLimited, "Harvest answered 429 Too Many Requests."),
        (500, {"error": "Oops"}, HarvestUnavailable, "Oops"),
        (502, b"<html>", HarvestUnavailable, "Harvest answered 502 Bad Gateway."),
        (524, b"\xff\xfe", HarvestUnavailable, "Harvest answered 524."),
        (302, b"", HarvestMalformed, "Harvest answered 302 Found, which it never should."),
    ],
)
def test_each_answer_becomes_its_error_and_speaks_harvests_words(
    status: int, body: Any, kind: type[HarvestError], message: str
) -> None:
    error = error_of(answer(status, body))
    assert (type(error), error.message, error.remote_status) == (kind, message, status)
    assert error.extra["truto_is_remote_error"] is True


def test_the_recorded_failures_are_understood() -> None:
    assert isinstance(error_of(recorded("Client--authentication")), HarvestUnauthorized)
    assert isinstance(error_of(recorded("Client_time_entries--when_account_has_entries_when")), HarvestNotFound)
    throttled = error_of(recorded("Client--throttling"))
    assert (type(throttled), throttled.retry_after) == (HarvestRateLimited, WINDOW)


def test_a_refused_grant_names_its_reason() -> None:
    refusal = answer(400, {"error": "invalid_grant", "error_description": "The grant is invalid."})
    error = error_from(refusal, refresh_access_token("r"), window=WINDOW, secrets=())
    assert isinstance(error, HarvestGrantRefused)
    assert (error.reason, error.message) == ("invalid_grant", "The grant is invalid.")


@pytest.mark.parametrize("status", [429, 500, 502, 503])
def test_a_token_endpoint_in_trouble_has_refused_no_grant(status: int) -> None:
    error = error_from(
        answer(status, {"error": "temporarily_unavailable"}), refresh_access_token("r"), window=WINDOW, secrets=()
    )
    assert not isinstance(error, HarvestGrantRefused)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "7"}, 7),
        ({"retry-after": " 7 "}, 7),
        ({"retry-after": "0"}, 1),
        ({"retry-after": "999999999999999999"}, 3600),
        ({"retry-after": formatdate(1_000_030, usegmt=True), "date": formatdate(1_000_000, usegmt=True)}, 30),
        ({"retry-after": formatdate(1_000_000, usegmt=True), "date": formatdate(1_000_030, usegmt=True)}, 1),
        ({"retry-after": formatdate(1_000_030, usegmt=True)}, 1),
        ({"retry-after": "-5"}, None),
        ({"retry-after": "soon"}, None),
        ({}, None),
    ],
)
def test_retry_after_is_read_in_both_forms_and_clamped(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_after(httpx.Headers(headers)) == seconds


def test_what_harvest_said_is_kept_bounded() -> None:
    assert error_of(answer(422, {"message": "No", "field": [1, None]})).raw_response == {
        "message": "No",
        "field": [1, None],
    }
    assert len(error_of(answer(500, b"x" * 1_000_000)).raw_response) < 5000
    assert len(error_of(answer(422, {"message": "m" * 3000})).message) <= 500


def test_an_answer_that_echoes_our_secrets_does_not_pass_them_on() -> None:
    page = error_of(answer(500, b"<pre>Authorization: Bearer tok-123</pre>"), "tok-123")
    fields = error_of(
        answer(422, {"message": "no tok-123", "access_token": "other", "deep": [{"client_secret": "s"}]}), "tok-123"
    )
    shown = f"{page.raw_response} {page.message} {fields.raw_response} {fields.message}"
    assert all(secret not in shown for secret in ("tok-123", "other", "'s'"))


def test_a_body_that_nests_without_end_is_text() -> None:
    assert isinstance(error_of(answer(500, b"[" * 3900)).raw_response, str)
