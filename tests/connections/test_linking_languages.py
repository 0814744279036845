"""The connect pages speak the person's language, whole."""

from __future__ import annotations

import gettext
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils.translation import to_locale
from rest_framework.test import APIClient

from harvest_bridge.connections.services import create_link_token
from harvest_bridge.env import ROOT
from harvest_bridge.hosts.services import NewHostApp

LOCALE = ROOT / "harvest_bridge" / "connections" / "locale"
OTHERS = [code for code, _name in settings.LANGUAGES if code != "en"]


def catalog(folder: Path, language: str) -> dict[str, str]:
    """msgid -> msgstr of the compiled file."""
    with (folder / to_locale(language) / "LC_MESSAGES" / "django.mo").open("rb") as file:
        translations = gettext.GNUTranslations(file)
    kept: dict[str, str] = translations._catalog  # type: ignore[attr-defined]
    return {msgid: text for msgid, text in kept.items() if msgid}


@pytest.fixture(scope="module")
def up_to_date(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The translations as `.ci/messages.sh` would leave them."""
    folder = tmp_path_factory.mktemp("locale") / "locale"
    shutil.copytree(LOCALE, folder)
    subprocess.run([ROOT / ".ci" / "messages.sh", folder], check=True)
    return folder


def test_english_and_seven_more_languages_are_spoken() -> None:
    assert len(OTHERS) == 7
    assert sorted(path.name for path in LOCALE.iterdir()) == sorted(map(to_locale, OTHERS))


@pytest.mark.parametrize("language", OTHERS)
def test_every_string_is_translated(up_to_date: Path, language: str) -> None:
    po = up_to_date / to_locale(language) / "LC_MESSAGES" / "django.po"
    for kind in ("--untranslated", "--only-fuzzy"):
        left = subprocess.run(["msgattrib", kind, po], capture_output=True, text=True, check=True)
        assert left.stdout == ""


@pytest.mark.parametrize("language", OTHERS)
def test_what_is_compiled_is_what_is_written(up_to_date: Path, language: str) -> None:
    assert catalog(up_to_date, language) == catalog(LOCALE, language)


@pytest.mark.parametrize("language", OTHERS)
def test_every_translation_names_what_the_english_names(language: str) -> None:
    for english, text in catalog(LOCALE, language).items():
        assert sorted(re.findall(r"%\(\w+\)s", text)) == sorted(re.findall(r"%\(\w+\)s", english)), english


@pytest.mark.parametrize(
    ("accepted", "language", "direction", "button"),
    [
        ("de-AT,de;q=0.9", "de", "ltr", "Weiter zu Harvest"),
        ("ar-EG", "ar", "rtl", "المتابعة إلى Harvest"),
        ("pt-PT", "pt-br", "ltr", "Continuar para o Harvest"),
        ("xx,fr;q=0.5", "fr", "ltr", "Continuer vers Harvest"),
        ("ja", "en", "ltr", "Continue to Harvest"),
        ("", "en", "ltr", "Continue to Harvest"),
    ],
)
@pytest.mark.django_db
def test_the_browser_says_which_language(
    board: NewHostApp, accepted: str, language: str, direction: str, button: str
) -> None:
    text = create_link_token(host_app=board.host_app, tenant_id="acme")
    page = Client().get("/connect-account", {"link_token": text}, headers={"Accept-Language": accepted})
    assert page["Content-Language"] == language
    assert f'<html lang="{language}" dir="{direction}">' in page.content.decode()
    assert button in page.content.decode()


@pytest.mark.django_db
def test_failures_are_told_in_that_language_too(db: None) -> None:
    page = Client().get("/connect-account", {"link_token": "forged"}, headers={"Accept-Language": "nl"})
    assert "Deze link is al gebruikt" in page.content.decode()


@pytest.mark.django_db
def test_nothing_else_changes_its_language(api: APIClient) -> None:
    refused: Any = api.post("/link-token", {}, format="json", headers={"Accept-Language": "de"})
    assert "Send either tenant_id" in refused.content.decode()
