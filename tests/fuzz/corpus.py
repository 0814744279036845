"""What nobody sends on purpose: texts for paths, queries, forms, headers and cookies, and fragments for JSON bodies."""

# ruff: noqa: E501 (lists of literals, as many as fit)
from __future__ import annotations

import json

DIGITS = "9" * 5000
NUMBERS = [
    *("0", "-1", "-0", "+1", "1.5", "1e3", "1_000", "0x10", "NaN", "Infinity", "-Infinity", "1e400", "-1e400"),
    *("2147483648", "9007199254740993", "9223372036854775807", "9223372036854775808", "-9223372036854775809"),
    *("18446744073709551616", "٣", "²", "①", "１２", DIGITS, "-" + DIGITS, "0." + DIGITS),
]
MOMENTS = [
    *("0000-01-01", "0001-01-01", "9999-12-31", "2026-02-30", "10000-01-01", "-0001-01-01", "2026-11-24T25:61:61Z"),
    *("0001-01-01T00:00:00+23:59", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59-23:59", "9999-12-31T23:59:59Z"),
    *("2026-11-24T00:00:00+24:00", "2026-11-24T10:00:00+99:99", "0001-W01-1", "99999999999999", "253402300800"),
]
TEXTS = [
    *("\0", "a\0b", "\0" * 40, "", " ", "\t\r\n", "\x7f\x80\x85", "\u2028", "\u202eabc\u202c", "\ufeff", "\uffff"),
    *("😀" * 300, "e" + "\u0301" * 1000, "x" * 5000, "ß" * 256, "true", "null", "[]", "{}", "[" * 2000, '{"a":' * 300),
    *(
        "../../etc/passwd",
        "%",
        "%s%n",
        "%00",
        "%zz",
        "[",
        "a[b",
        ";;,,",
        "'",
        '"',
        "\\",
        "(",
        "*",
        "__class__",
        "a__b__c",
    ),
    *(
        "http://[",
        "http://[::1",
        "https://a;b",
        "https://a b",
        "http://\0",
        "https://x:99999999",
        "javascript:alert(1)",
    ),
    *("00000000-0000-0000-0000-000000000000", "hb_live_\0", "e.e.e", ".", "..", ":", "::1", "=?utf-8?q?x?="),
    *("xn--" + "9" * 60, "a." * 300, "@", "a@b@c", "ａ@ｂ.ｃ", "\N{ARABIC LETTER ALEF}" * 70),
]
# Text that no one can write in UTF-8: half a surrogate, what is too long for its code point, beyond Unicode, cut, Latin-1.
UNDECODABLE = [
    b"\xed\xa0\x80",
    b"a\xed\xb0\x80b",
    b"\xc0\x80",
    b"\xc0\xaf",
    b"\xf4\x90\x80\x80",
    b"\xff\xfe",
    b"\xe2\x82",
    b"\xe9",
]
WORDS = [text.encode() for text in (*TEXTS, *NUMBERS, *MOMENTS)] + UNDECODABLE

FRAGMENTS = [
    *(rb'"\u0000"', rb'"a\u0000b"', rb'"\ud800"', rb'"a\udc00\ud800b"', rb'{"\u0000": 1}', rb'{"\ud800": 1}', b"true", b"false"),
    *(b"null", b"[]", b"{}", b"[null]", b"[[]]", b'[{"a": [1]}]', b'{"a": {"b": 1}}', b'{"id": null}', b"[" * 3000 + b"]" * 3000),
    *(b'{"a":' * 900 + b"1" + b"}" * 900, b'"\xff"', b'"\xed\xa0\x80"', b"1e5", b"[1, " + DIGITS.encode() + b"]"),
    *(number.encode() for number in NUMBERS if number.isascii()),
    *(json.dumps(text, ensure_ascii=False).encode() for text in (*TEXTS, *NUMBERS, *MOMENTS)),
]  # fmt: skip
BODIES = [
    *(b"", b" ", b"null", b"[]", b'""', b"1", b"{", b"\0", b"\xff", b"\xef\xbb\xbf{}", b"{}{}", b"[" * 100_000),
    *(b'{"a":' * 100_000, b"[" * 3000 + b"]" * 3000, b"[{}]", b"[null]", b"1e400", b"NaN", DIGITS.encode(), b"a=1&b=2"),
    *(rb'"\ud800"', b"--x\r\n", b"&" * 5000, b"a=%00&%00=a", b"--x\r\nContent-Disposition: form-data; name=\"\0\"\r\n\r\n\0\r\n--x--"),
]  # fmt: skip
CHARSETS = [
    *("hex", "base64", "rot13", "zip", "bz2", "uu", "quopri", "idna", "punycode", "utf-16", "utf-32", "utf-7", "undefined"),
    *("unicode_escape", "raw_unicode_escape", "mbcs", "oem", "latin-1", "cp037", "big5", "x" * 500, "", "\xff", "utf-8;", "a b"),
]  # fmt: skip
CONTENT_TYPES = [
    value.encode("latin-1", "replace")
    for value in (
    *(f"application/json; charset={charset}" for charset in CHARSETS),
    *(f"application/x-www-form-urlencoded; charset={charset}" for charset in CHARSETS),
    *(f"multipart/form-data; boundary=x; charset={charset}" for charset in CHARSETS[:14]),
    *("multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; boundary=\xff", "multipart/form-data; boundary=" + "x" * 300),
    *("", "/", "a/b/c", "text", "text/plain; =", "application/json;;;;", "application/json; charset*=utf-8''%ff", "\xff/\xff"),
    *("multipart/form-data; boundary*=utf-8''%ff%00", "*/*", "application/json" * 500),
)
]  # fmt: skip
HEADER_VALUES = [word for word in WORDS if not set(word) & set(b"\r\n")] + [
    *(b"Bearer ", b"Bearer \xff", b"Bearer hb_live_\xff", b"Bearer hb_ts_\0", b"Basic x", b"Bearer " + b"a" * 9000, b"wait=" + DIGITS.encode()),
    *(b"bytes=0-", b"bytes=9-1", b"bytes=" + DIGITS.encode() + b"-", b"bytes=--", b'W/"x"', b'"\xff"', b"en;q=nan, de;q=" + DIGITS.encode()),
    *(b"a;q=inf", b"\xff-\xff;q=1", b"localhost:8000:1", b"[::1", b"a,b", b"gzip;q=", b"Wed, 21 Oct 0001 07:28:00 GMT", b"Wed, 32 Foo 99999 99:99:99 GMT"),
    b"00-" + b"\xb2" * 32 + b"-" + b"f" * 16 + b"-01",
]  # fmt: skip
COOKIE_VALUES = [
    b"",
    b"x",
    rb'"\000"',
    rb'"\000\000\000\000\000\000\000\000\000"',
    b"\xff" * 12,
    b'"',
    b"x" * 3000,
    rb'"\377\377"',
    b"a:b:c",
    b".eJx:1:x",
    b"%00" * 9,
]
