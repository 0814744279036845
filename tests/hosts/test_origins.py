"""An origin is scheme, host and port, written one way."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from harvest_bridge.hosts.origins import normal_origin, validate_origin


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        ("https://app.example.com", "https://app.example.com"),
        ("https://APP.example.com/", "https://app.example.com"),
        ("https://app.example.com:443", "https://app.example.com"),
        ("http://localhost:3000", "http://localhost:3000"),
        ("http://[::1]:3000", "http://[::1]:3000"),
        ("http://[0:0::1]:3000", "http://[::1]:3000"),
        ("http://a_b.local:3000", "http://a_b.local:3000"),
        ("https://bücher.example", "https://xn--bcher-kva.example"),
    ],
)
def test_it_is_written_as_a_browser_writes_it(written: str, normal: str) -> None:
    assert normal_origin(written) == normal


@pytest.mark.parametrize(
    "text",
    [
        "",
        "null",
        "*",
        "https://*.example.com",
        "app.example.com",
        "ftp://app.example.com",
        "javascript:alert(1)",
        "https://app.example.com/path",
        "https://app.example.com?q",
        "https://user@app.example.com",
        "https://app.example.com:port",
        "https://",
        "https://a;script-src",
        "https://app.example.com; script-src *",
        "https://app.example.com script",
        "https://app'example.com",
        'https://app"example.com',
        "https://a,b.example",
        "https://app.exa\tmple.com",
        "https://app.exa\nmple.com",
        "https://app\x7f.example.com",
        "https://app\u00a0.example.com",
        "https://app.example.com\\@evil.example",
        "https://app.exam%70le.com",
        "https://(app).example.com",
        "https://app..example.com",
        "https://.example.com",
        "https://app.example.com:0",
        "https://[::1%25;x]",
        "https://[fe80::1%eth0]",
        "https://[::1]x",
        f"https://{'a' * 64}.example",
        f"https://{'a.' * 130}example",
    ],
)
def test_anything_else_is_refused_with_the_remedy(text: str) -> None:
    with pytest.raises(ValueError, match="is not an origin"):
        normal_origin(text)


@given(st.text())
def test_whatever_comes_it_is_an_origin_or_a_value_error(text: str) -> None:
    try:
        normal = normal_origin(text)
    except ValueError:
        return
    assert normal_origin(normal) == normal
    assert not set(normal) & set(" ;,'\"\n\r*")
    assert normal.isascii()
    assert normal.isprintable()


@given(st.text(alphabet=" ;,'\"\\\t\n\r%()<>[]@:/?#ab.", max_size=12))
def test_no_host_ends_a_word_of_a_policy(host: str) -> None:
    try:
        normal = normal_origin(f"https://{host}")
    except ValueError:
        return
    assert set(normal.removeprefix("https://")) <= set("abcdefghijklmnopqrstuvwxyz0123456789.-_:[]")


def test_the_admin_asks_for_the_normal_form() -> None:
    with pytest.raises(ValidationError, match=r"https://app\.example\.com"):
        validate_origin("https://app.example.com/")
