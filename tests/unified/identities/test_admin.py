"""The page on which operators decide, by its answers."""

from __future__ import annotations

import html
import json
import re
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth import get_user_model
from django.test import Client

from harvest_bridge.sandbox.testing import RunningSandbox
from harvest_bridge.unified.identities.models import Identity, IdentityEvent

from .conftest import Ask, person

pytestmark = pytest.mark.django_db
PAGE = "/admin/unified/identity/"


@pytest.fixture
def operator(db: None) -> Client:
    client = Client()
    client.force_login(get_user_model().objects.create_superuser("olga", "olga@example.com", "a long pass phrase"))
    return client


@pytest.fixture
def ivan(ask: Ask, sandbox: RunningSandbox) -> Identity:
    """Ivan by his name alone, so that he is suggested; and somebody nobody knows."""
    user = sandbox.user("ivan")
    ask("put", body=[person("i", "", f"{user.first_name} {user.last_name}"), person("n", "", "<b>Nobody</b> Known")])
    return Identity.objects.get(external_id="i")


def decide(operator: Client, *rows: Identity, **asked: Any) -> Any:
    body = json.dumps({"ids": [str(row.pk) for row in rows], **asked})
    return operator.post(f"{PAGE}decide/", body, content_type="application/json")


def test_suggestions_wait_with_their_score_and_reason(operator: Client, ivan: Identity) -> None:
    page = operator.get(PAGE).content.decode()
    assert "same name" in page
    assert ivan.name in page
    assert "Nobody" not in page
    unmatched = operator.get(f"{PAGE}?tab=unmatched").content.decode()
    assert "&lt;b&gt;Nobody&lt;/b&gt; Known" in unmatched
    assert operator.get(f"{PAGE}?tab=matched&q=zzz").content.decode().count("Nobody here matches") == 1


def test_without_people_the_page_says_how_they_come(operator: Client) -> None:
    assert "PUT /unified/user-directory/identities" in operator.get(PAGE).content.decode()


def test_several_are_confirmed_at_once_and_what_fails_says_so_on_its_row(operator: Client, ivan: Identity) -> None:
    unknown = Identity.objects.get(external_id="n")
    answer = decide(operator, ivan, unknown, decision="confirm").json()
    ivan.refresh_from_db()
    assert (ivan.state, ivan.basis) == ("matched", "confirmed")
    assert list(answer["failures"]) == [str(unknown.pk)]
    assert "Matched" in answer["rows"][str(ivan.pk)]
    assert answer["counts"] == {"waiting": 0, "unmatched": 1, "matched": 1, "flagged": 0, "all": 2}
    assert IdentityEvent.objects.get().actor == "operator: olga"


def test_somebody_else_is_found_and_chosen(operator: Client, ivan: Identity, sandbox: RunningSandbox) -> None:
    bruno = sandbox.user("bruno")
    found = operator.get(f"{PAGE}harvest-users/", {"connection": ivan.connection_id, "q": bruno.email}).json()["users"]
    assert [(one["id"], one["claimed_by"]) for one in found] == [(bruno.id, None)]
    decide(operator, ivan, decision="override", harvest_user_id=str(bruno.id))
    ivan.refresh_from_db()
    assert (ivan.harvest_user_id, ivan.basis) == (bruno.id, "override")
    decide(operator, ivan, decision="override")
    ivan.refresh_from_db()
    assert (ivan.state, ivan.rejected) == ("unmatched", [bruno.id])


def test_a_persons_page_names_who_they_are_and_offers_nothing_to_save(operator: Client, ivan: Identity) -> None:
    decide(operator, ivan, decision="confirm")
    page = operator.get(f"{PAGE}{ivan.pk}/change/").content.decode()
    assert f"Ivan Petrov ({Identity.objects.get(pk=ivan.pk).harvest_user_id})" in page
    assert "_save" not in page


def test_erasing_somebody_leaves_no_name_behind(operator: Client, ivan: Identity) -> None:
    assert operator.post(f"{PAGE}{ivan.pk}/delete/", {"post": "yes"}).status_code == 302
    assert not Identity.objects.filter(pk=ivan.pk).exists()
    assert [entry.object_repr for entry in LogEntry.objects.all()] == ["an erased person"]


def test_only_operators_who_may_change_identities_decide(ivan: Identity) -> None:
    staff = Client()
    staff.force_login(get_user_model().objects.create_user("sam", "s@example.com", "a long pass phrase", is_staff=True))
    assert decide(staff, ivan, decision="confirm").status_code == 403
    assert staff.get(PAGE).status_code == 403
    assert decide(Client(), ivan, decision="confirm").status_code == 302


def test_the_page_costs_the_same_queries_for_a_hundred_people(
    operator: Client, ivan: Identity, django_assert_max_num_queries: Any
) -> None:
    Identity.objects.bulk_create(
        [Identity(connection=ivan.connection, external_id=f"m{n}", name=f"M {n}") for n in range(150)]
    )
    with django_assert_max_num_queries(12):
        page = operator.get(f"{PAGE}?tab=all").content.decode()
    assert page.count("data-id=") == 100


def test_the_next_page_goes_on_after_the_last_person_however_many_were_decided(
    operator: Client, ivan: Identity
) -> None:
    Identity.objects.all().delete()
    waiting = [f"w{n:03} &" for n in range(250)]
    Identity.objects.bulk_create(
        [Identity(connection=ivan.connection, external_id=one, state="ambiguous") for one in waiting]
    )
    seen: list[str] = []
    address = PAGE
    while address:
        page = operator.get(address).content.decode()
        shown = [html.unescape(one) for one in re.findall(r'hb-id">([^<]+)<', page)]
        Identity.objects.filter(external_id__in=shown).update(state="unmatched")
        seen += shown
        link = re.search(r'rel="next" href="([^"]+)"', page)
        address = PAGE + html.unescape(link[1]) if link else ""
    assert seen == waiting


@pytest.mark.parametrize("words", ["ÅSE петров", "åse ПЕТРОВ", "Åse"])
def test_people_are_found_whatever_the_case_in_any_script(
    operator: Client, ask: Ask, ivan: Identity, words: str
) -> None:
    ask("put", body=[person("a", "", "Åse Петров (a.b)"), person("b", "", "Aase Petrow")])
    page = operator.get(PAGE, {"tab": "all", "q": words}).content.decode()
    assert (page.count("data-id="), "Åse Петров" in page) == (1, True)
    assert [row["external_id"] for row in ask("get", q=words).json()["result"]] == ["a"]
    assert operator.get(PAGE, {"tab": "all", "q": "(a.b)"}).content.decode().count("data-id=") == 1
    assert operator.get(PAGE, {"tab": "all", "q": "(axb)"}).content.decode().count("data-id=") == 0


@pytest.mark.parametrize(
    "body", ["", "[]", '{"ids": ["x"], "decision": "confirm"}', '{"ids": [], "decision": "unlink"}', '{"ids": 7}']
)
def test_what_is_no_decision_is_refused(operator: Client, body: str) -> None:
    refused = operator.post(f"{PAGE}decide/", body, content_type="application/json")
    assert (refused.status_code, refused.json()["code"]) == (400, "invalid_request")
