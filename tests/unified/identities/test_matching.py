"""Who is found for whom: a table of names and addresses, and what holds for any of them."""

from __future__ import annotations

import random
import time
import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harvest_bridge.unified.identities import emails, names
from harvest_bridge.unified.identities.matching import (
    CLEAR_LEAD,
    SUGGESTED_FROM,
    Candidate,
    Reason,
    Someone,
    State,
    _finding,
    findings,
)


def found(person: tuple[str, str], *users: tuple[str, str]) -> tuple[State, list[str]]:
    """State and the candidates' places among `users`; everybody is (e-mail, name)."""
    people = [Someone("p", *person)]
    finding = findings(people, [Someone(str(place), *user) for place, user in enumerate(users)])["p"]
    return finding.state, [one.key for one in finding.candidates]


@pytest.mark.parametrize(
    ("person", "user", "reason"),
    [
        (("ann@acme.com", "x"), (" ANN@Acme.com ", "Somebody Else"), Reason.SAME_EMAIL),
        (("ann+work@acme.com", ""), ("ann@acme.com", ""), Reason.PLUS_ADDRESS),
        (("a.nn.lee@gmail.com", ""), ("annlee@googlemail.com", ""), Reason.PLUS_ADDRESS),
        (("ann.lee@acme.io", "Ann Lee"), ("ann.lee@acme.com", "Ann Lee"), Reason.COMPANY_DOMAIN),
        (("", "Åse Bjørnsen"), ("", "Ase Bjornsen"), Reason.SAME_NAME),
        (("", "BERG, Åse"), ("", "Ase Berg"), Reason.SAME_NAME),
        (("", "山田 太郎"), ("", "太郎 山田"), Reason.SAME_NAME),
        (("", "Dr. Łukasz Żak"), ("", "Lukasz Zak"), Reason.SAME_NAME),
        (("", "Иван Петров"), ("", "Петров Иван"), Reason.SAME_NAME),
        (("", "王伟强"), ("", "伟强 王"), Reason.SAME_NAME),
        (("", "김철수"), ("", "철수 김"), Reason.SAME_NAME),
        (("", "山田太郎"), ("", "山田太郎"), Reason.SAME_NAME),
        (("", "राम कुमार"), ("", "कुमार राम"), Reason.SAME_NAME),
        (("", "علي كريمي"), ("", "علی کریمی"), Reason.SAME_NAME),
        (("", "דָּוִד לֵוִי"), ("", "דוד לוי"), Reason.SAME_NAME),
        (("", "IŞIK İPEK"), ("", "ışık ipek"), Reason.SAME_NAME),
        (("", "Jörg Groß ❤️"), ("", "\u200fJo\u0308rg GROSS"), Reason.SAME_NAME),
        (("", "Sean O’Brien"), ("", "Sean OBrien"), Reason.SAME_NAME),
        (("", "Joerg Mueller"), ("", "Jörg Müller"), Reason.SAME_NAME),
        (("", "Jörg Müller"), ("", "Joerg Mueller"), Reason.SAME_NAME),
        (("", "Jörg Mueller"), ("", "Joerg Müller"), Reason.SAME_NAME),
        (("", "Jorg Muller"), ("", "Jo\u0308rg Mu\u0308ller"), Reason.SAME_NAME),
        (("", "Mueller, Joerg"), ("", "JÖRG MÜLLER"), Reason.SAME_NAME),
        (("", "Soren Aagaard"), ("", "Søren Ågård"), Reason.SAME_NAME),
        (("", "Soeren Aagaard"), ("", "Søren Ågård"), Reason.SAME_NAME),
        (("", "Kaethe Weiss"), ("", "Käthe Weiß"), Reason.SAME_NAME),
        (("", "Bjork Thorsdottir"), ("", "Björk Þorsdóttir"), Reason.SAME_NAME),
        (("", "Djordje Petrovic"), ("", "Đorđe Petrović"), Reason.SAME_NAME),
        (("", "Lukasz Kjaer"), ("", "Łukasz Kjær"), Reason.SAME_NAME),
        (("joerg.mueller@home.example", ""), ("jm@acme.com", "Jörg Müller"), Reason.NAME_IN_EMAIL),
        (("", "J. Mueller"), ("", "Jörg Müller"), Reason.INITIALS),
        (("", "Katherine Johnson"), ("", "Katharine Johnson"), Reason.SIMILAR_NAME),
        (("", "J. Smith"), ("", "John Smith"), Reason.INITIALS),
        (("john.smith@home.example", ""), ("js@acme.com", "John Smith"), Reason.NAME_IN_EMAIL),
    ],
)
def test_what_makes_two_one(person: tuple[str, str], user: tuple[str, str], reason: Reason) -> None:
    finding = findings([Someone("p", *person)], [Someone("u", *user), Someone("o", "zoe@q.example", "Zoe Quine")])["p"]
    assert finding.candidates[0].key == "u"
    assert reason in finding.candidates[0].reasons
    assert finding.state == (State.MATCHED if reason == Reason.SAME_EMAIL else State.SUGGESTED)


@pytest.mark.parametrize(
    ("person", "user"),
    [
        (("ann@gmail.com", ""), ("ann@acme.com", "")),
        (("anna@other.example", "Anna Maria Kowalska"), ("anna@acme.com", "Xu Wei")),
        (("", "Jane Smith"), ("", "John Smith")),
        (("", "Ann"), ("", "Ann")),
        (("", "王强伟"), ("", "伟强 王")),
        (("", "はな"), ("", "ばな")),
        (("", ""), ("", "")),
        (("not an address", ""), ("not an address", "")),
    ],
)
def test_what_does_not(person: tuple[str, str], user: tuple[str, str]) -> None:
    assert found(person, user) == (State.UNMATCHED, [])


@pytest.mark.parametrize(("ours", "theirs"), [("राम कुमार", "रामी कुमारी"), ("สุดา ใจ", "สดา ใจ")])
def test_a_vowel_of_another_script_is_no_diacritic(ours: str, theirs: str) -> None:
    assert names.sorted_words(names.words_of(ours)) != names.sorted_words(names.words_of(theirs))


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("jame\u017f@acme.com", "james@acme.com"),
        ("gro\u00df@acme.com", "gross@acme.com"),
        ("\u212aim@acme.com", "kim@acme.com"),
        ("\u0130van@acme.com", "ivan@acme.com"),
        ("\uff41nn@acme.com", "ann@acme.com"),
        ("ann@stra\u00dfe.example", "ann@strasse.example"),
    ],
)
def test_an_address_that_only_looks_equal_is_somebody_elses(ours: str, theirs: str) -> None:
    """Whoever gets such an address must not act as the one it resembles."""
    assert found((ours, ""), (theirs, ""))[0] != State.MATCHED


PROVIDERS = """
    yahoo.co.uk hotmail.fr gmx.at outlook.com.br yandex.com.tr live.com.mx yahoo.co.jp hotmail.com.ar icloud.com hey.com
    googlemail.com t-online.de laposte.net seznam.cz naver.com mail.yahoo.co.uk gmx.xy
"""


@pytest.mark.parametrize("domain", PROVIDERS.split())
def test_a_mailbox_provider_is_no_company_in_any_country(domain: str) -> None:
    assert found((f"ann@{domain}", ""), ("ann@acme.com", "")) == (State.UNMATCHED, [])


@pytest.mark.parametrize("domain", ["acme.co.uk", "outlook.studio", "yahoofan.de", "gmx-logistics.at", "live.acme.com"])
def test_a_company_is_one_in_any_country(domain: str) -> None:
    assert found((f"ann@{domain}", ""), ("ann@acme.com", "")) == (State.SUGGESTED, ["0"])


def test_many_special_letters_make_few_spellings() -> None:
    assert len(names.spellings_of("ä å æ ö ø ü đ ð þ š č ž ñ" * 20)) <= 16


def test_two_equally_near_are_ambiguous() -> None:
    assert found(("", "Ann Lee"), ("a@x.example", "Ann Lee"), ("b@x.example", "Lee Ann"))[0] == State.AMBIGUOUS


@pytest.mark.parametrize(("lead", "state"), [(CLEAR_LEAD, State.SUGGESTED), (CLEAR_LEAD - 1, State.AMBIGUOUS)])
def test_a_lead_is_clear_from_its_least_points_on(lead: int, state: State) -> None:
    candidates = [Candidate(str(score), score, ()) for score in (95, 95 - lead)]
    assert _finding(Someone("p", "", "Ada"), candidates, {}, is_alone=True).state is state


def test_one_user_suggested_to_two_is_clear_to_neither() -> None:
    people = [Someone("1", "", "Ann Lee"), Someone("2", "", "Lee, Ann")]
    states = [one.state for one in findings(people, [Someone("u", "", "Ann Lee")]).values()]
    assert states == [State.AMBIGUOUS, State.AMBIGUOUS]


def test_an_address_of_two_people_matches_neither() -> None:
    people = [Someone("1", "team@acme.com", "Ann"), Someone("2", "Team@acme.com", "Bo")]
    states = [one.state for one in findings(people, [Someone("u", "team@acme.com", "Team")]).values()]
    assert states == [State.AMBIGUOUS, State.AMBIGUOUS]


def test_a_user_who_is_taken_is_nobodys_suggestion_but_an_equal_address_is_shown() -> None:
    user = Someone("u", "ann@acme.com", "Ann Lee")
    by_name = findings([Someone("1", "", "Ann Lee")], [user], taken={"u": "2"})["1"]
    by_email = findings([Someone("1", "ann@acme.com", "")], [user], taken={"u": "2"})["1"]
    assert (by_name.state, by_email.state) == (State.UNMATCHED, State.AMBIGUOUS)


def test_whom_somebody_rejected_is_never_found_again() -> None:
    user = Someone("u", "ann@acme.com", "Ann Lee")
    finding = findings([Someone("1", "ann@acme.com", "Ann Lee")], [user], rejected={"1": frozenset({"u"})})["1"]
    assert (finding.state, finding.candidates) == (State.UNMATCHED, ())


# Few letters, so that people do collide.
words = st.text(alphabet="abcéЖ +.@'", max_size=8)
addresses = st.one_of(
    words,
    st.builds("{}@{}".format, st.sampled_from(["a", "a+1", "b", "A"]), st.sampled_from(["x.example", "gmail.com"])),
)
someone = st.tuples(addresses, st.one_of(words, st.text(max_size=12)))


@settings(max_examples=150, deadline=None)
@given(people=st.lists(someone, max_size=7), users=st.lists(someone, max_size=7))
def test_only_an_equal_address_matches_and_nobody_is_claimed_twice(
    people: list[tuple[str, str]], users: list[tuple[str, str]]
) -> None:
    ours = [Someone(f"p{place}", *one) for place, one in enumerate(people)]
    theirs = {f"u{place}": Someone(f"u{place}", *one) for place, one in enumerate(users)}
    results = findings(ours, theirs.values())
    assert results.keys() == {person.key for person in ours}
    matched = [(person, results[person.key].candidates[0]) for person in ours if results[person.key].state == "matched"]
    assert len({one.key for _, one in matched}) == len(matched)
    for person, one in matched:
        assert emails.exact(person.email) == emails.exact(theirs[one.key].email) != ""
    for finding in results.values():
        scores = [one.score for one in finding.candidates]
        assert scores == sorted(scores, reverse=True)
        assert all(SUGGESTED_FROM <= score <= 100 for score in scores)
        assert (finding.state == State.UNMATCHED) == (not scores)


@settings(max_examples=150, deadline=None)
@given(name=st.text(max_size=30))
def test_the_form_of_a_name_is_a_fixed_point_whatever_its_order(name: str) -> None:
    once = names.words_of(name)
    assert names.sorted_words(names.words_of(" ".join(reversed(once)))) == names.sorted_words(once)


def test_five_thousand_beside_five_thousand_cost_no_more_than_their_pairs_and_little_memory() -> None:
    random.seed(7)
    syllables = ["ka", "ro", "mi", "le", "du", "sa", "vin", "tor", "bel", "ny", "ha", "jo", "pe", "ri", "wu", "xan"]

    def name() -> str:
        return " ".join("".join(random.choices(syllables, k=3)).title() for _ in range(2))

    users = [Someone(str(n), f"user{n}@acme.com", name()) for n in range(5000)]
    people = [Someone(f"p{n}", f"other{n}@x.example", _misspelt(users[n].name)) for n in range(5000)]
    began = time.process_time()
    findings(people[:1000], users[:1000])
    seconds_of_a_thousand = time.process_time() - began
    began = time.process_time()
    results = findings(people, users)
    seconds = time.process_time() - began
    right = sum(1 for n in range(5000) if any(one.key == str(n) for one in results[f"p{n}"].candidates))
    assert seconds < 50 * seconds_of_a_thousand  # 25 times as many pairs
    assert right > 4500
    tracemalloc.start()
    findings(people[:200], users)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 60e6


def _misspelt(name: str) -> str:
    return name[:-1] + ("e" if name[-1] != "e" else "a")
