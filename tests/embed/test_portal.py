"""What an end client reads in their portal: their own invoices and estimates, once they were sent."""

from __future__ import annotations

import re
from typing import Any

import pytest

from harvest_bridge.api.translations import languages
from harvest_bridge.connections.models import Connection
from harvest_bridge.embed.translations import translations_for
from harvest_bridge.hosts.services import NewHostApp
from harvest_bridge.mirror.models import Mirror, Stream, StreamState
from tests.invoices.records import invoice, put

from .conftest import exchange, portal, portal_token
from .records import OTHERS, OURS

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("mirror")]


def ids(answer: Any) -> list[int]:
    assert answer.status_code == 200, answer.content
    return sorted(row["id"] for row in answer.json()["result"])


def test_a_session_says_from_whom_and_for_whom_the_invoices_are(board: NewHostApp) -> None:
    answer = exchange(portal_token(board))
    body = answer.json()
    assert (body["session"][:6], body["expires_in"]) == ("hb_ps_", 900)
    assert (body["from"], body["client"]) == ("Fennel & Finch", "Client 3")
    assert not answer.cookies
    assert answer["Cache-Control"] == "no-store"


def test_it_lists_the_clients_own_that_were_sent_with_their_status(board: NewHostApp) -> None:
    rows = {row["id"]: row["status"] for row in portal(board).get("/portal/invoices").json()["result"]}
    assert rows == {2: "open", 3: "overdue", 4: "partially_paid", 5: "paid", 6: "written_off"}


def test_sums_are_by_currency_of_what_is_listed(board: NewHostApp) -> None:
    page = portal(board).get("/portal/invoices", {"status": "open,overdue,partially_paid"}).json()
    due = {row["currency"]: (row["due_amount"], row["overdue_amount"]) for row in page["sums"]}
    assert due == {"EUR": ("170.00", "70.00"), "JPY": ("60", "0")}
    assert page["is_complete"] is True


@pytest.mark.parametrize("status", ["draft", "deleted", "open,draft", "late"])
def test_neither_drafts_nor_deleted_ones_can_be_asked_for(board: NewHostApp, status: str) -> None:
    answer = portal(board).get("/portal/invoices", {"status": status})
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_request")
    assert "draft" not in answer.json()["message"].partition("one or several of")[2]


def test_no_parameter_widens_what_is_listed(board: NewHostApp) -> None:
    for name in ("client_id", "integrated_account_id", "state", "project_id", "sort"):
        answer = portal(board).get("/portal/invoices", {name: OTHERS})
        assert answer.status_code == 400, name


def test_pages_follow_each_other_and_a_cursor_is_good_for_its_own_client_alone(board: NewHostApp) -> None:
    visitor = portal(board)
    first = visitor.get("/portal/invoices", {"limit": 3}).json()
    second = visitor.get("/portal/invoices", {"limit": 3, "next_cursor": first["next_cursor"]}).json()
    assert sorted(row["id"] for row in first["result"] + second["result"]) == [2, 3, 4, 5, 6]
    other = portal(board, client_id=OTHERS).get("/portal/invoices", {"limit": 3, "next_cursor": first["next_cursor"]})
    assert other.status_code == 400


def test_an_invoice_shows_what_stands_on_the_paper_and_nothing_of_the_hosts(board: NewHostApp) -> None:
    shown = portal(board).get("/portal/invoices/2").json()
    assert [(one["name"], one["amount"]) for one in shown["projects"]] == [("Website", "60.00"), (None, "40.00")]
    assert (shown["subtotal"], shown["amount"], shown["due_amount"]) == ("100.00", "100.00", "100.00")
    paid = portal(board).get("/portal/invoices/4")
    assert paid.json()["payments"] == [{"paid_date": "2026-11-20", "amount": "40"}]
    text = paid.content.decode() + str(shown)
    for private in ("secret-reference", "client_key", "creator", "recorded_by", "external_id", f"{4:040x}"):
        assert private not in text


@pytest.mark.parametrize("document_id", ["1", "7", "8", "99", "0", "-2", "2.0", "٢", "9" * 30, "x"])
@pytest.mark.parametrize("path", ["", "/print"])
def test_a_draft_a_deleted_and_anothers_invoice_are_the_same_404_as_none(
    board: NewHostApp, document_id: str, path: str
) -> None:
    answer = portal(board).get(f"/portal/invoices/{document_id}{path}")
    assert (answer.status_code, answer.json()["message"]) == (404, "There is no such invoice.")


def test_every_id_is_answered_to_its_own_client_alone(board: NewHostApp, account: Connection) -> None:
    """Guessing all ids of a larger account finds a client's own and no other, draft or not."""
    put(
        account.mirror,
        *(
            invoice(100 + n, client={"id": 30 + n % 3, "name": "C"}, state="draft" if n % 4 == 0 else "open")
            for n in range(24)
        ),
    )
    for client in (30, 31, 32):
        visitor = portal(board, client_id=client)
        found = {n for n in range(24) if visitor.get(f"/portal/invoices/{100 + n}").status_code == 200}
        assert found == {n for n in range(24) if n % 3 == client - 30 and n % 4}


def test_estimates_are_read_likewise(board: NewHostApp) -> None:
    visitor = portal(board)
    assert ids(visitor.get("/portal/estimates")) == [11]
    assert visitor.get("/portal/estimates/11").json()["status"] == "sent"
    for document_id in (12, 13):
        assert visitor.get(f"/portal/estimates/{document_id}").status_code == 404


@pytest.mark.parametrize("language", ["en", "de", "ar"])
def test_an_invoice_is_downloaded_as_one_harmless_page_in_the_readers_language(
    board: NewHostApp, mirror: Mirror, language: str
) -> None:
    attack = '<img src=x onerror=alert(1)>"\r\nSet-Cookie: a=b'
    texts = {"number": attack, "subject": attack, "notes": attack}
    put(mirror, invoice(9, amount=1234.5, due_amount=1234.5, tax=7.5) | texts)
    answer = portal(board).get("/portal/invoices/9/print", {"lang": language})
    page = answer.content.decode()
    assert answer["Content-Language"] == language
    assert (
        answer["Content-Disposition"] == 'attachment; filename="invoice-img-src-x-onerror-alert-1-Set-Cookie-a-b.html"'
    )
    assert ('dir="rtl"' in page) == (language == "ar")
    assert "<img" not in page
    assert "<script" not in page
    assert {"en": "1,234.50 EUR", "de": "1.234,50 EUR"}.get(language, "EUR") in page


def test_every_language_has_every_text_with_the_same_values_in_it() -> None:
    words = {code: translations_for(code) for code in languages()}
    for code, theirs in words.items():
        assert list(theirs) == list(words["en"]), code
        assert all(theirs.values()), code
        assert {name: re.findall(r"{\w+}", text) for name, text in theirs.items()} == {
            name: re.findall(r"{\w+}", text) for name, text in words["en"].items()
        }, code


def test_a_copy_that_is_not_whole_says_so(board: NewHostApp, mirror: Mirror) -> None:
    Stream.objects.filter(mirror=mirror, resource="invoices").update(state=StreamState.PARTIAL, reason="loading")
    assert portal(board).get("/portal/invoices").json()["is_complete"] is False


def test_without_a_mirror_it_says_so_rather_than_that_there_is_nothing(board: NewHostApp, mirror: Mirror) -> None:
    Mirror.objects.filter(pk=mirror.pk).update(is_on=False)
    answer = portal(board).get("/portal/invoices")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_mirrored")


def test_a_client_without_invoices_has_an_empty_list(board: NewHostApp) -> None:
    page = portal(board, client_id=OURS + 70).get("/portal/invoices").json()
    assert (page["result"], page["sums"]) == ([], [])
