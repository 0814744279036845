"""Bodies with a credential of Harvest's in them, and bodies that only look so."""

from __future__ import annotations

JSON, FORM = "application/json", "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data; boundary=xyz"


def part(name: str, value: str = "1", *, head: str = "") -> bytes:
    head = head or f'Content-Disposition: form-data; name="{name}"'
    return f"--xyz\r\n{head}\r\n\r\n{value}\r\n".encode()


END = b"--xyz--\r\n"
SMUGGLED: dict[str, tuple[str, bytes]] = {
    "json": (JSON, b'{"name": "x", "access_token": "t"}'),
    "json with an account": (JSON, b'{"account_id": 7}'),
    "json with a charset": ("application/json; charset=utf-8", b'{"account_id": 7}'),
    "json of another type": ("application/vnd.api+json", b'{"account_id": 7}'),
    "json escaped": (JSON, b'{"\\u0061ccess\\u005ftoken": "t"}'),
    "json in other letters": (JSON, b'{"Access-Token": "t"}'),
    "json in camels": (JSON, b'{"accountId": 7}'),
    "json in wide letters": (JSON, '{"ａｃｃｅｓｓ_token": "t"}'.encode()),
    "json nested": (JSON, b'{"client": {"access_token": "t"}}'),
    "json in a list": (JSON, b'{"items": [1, {"account_id": 7}]}'),
    "json twice": (JSON, b'{"account_id": 7, "account_id": 8}'),
    "json hidden by a second": (JSON, b'{"a": {"access_token": "t"}, "a": 1}'),
    "json after a reference": (JSON, b'{"external_reference": {"id": "1"}, "account_id": 7}'),
    "json token in a reference": (JSON, b'{"external_reference": {"access_token": "t"}}'),
    "json deeper in a reference": (JSON, b'{"external_reference": {"x": {"account_id": 7}}}'),
    "json behind a comment": (JSON, b'{/* " */ "access_token": "t" /* " */}'),
    "json as text": ("text/plain", b' {"access_token": "t"}'),
    "json as a form": (FORM, b'{"access_token": "t"}'),
    "json without a type": ("", b'{"access_token": "t"}'),
    "json in 16 bits": (JSON, '{"access_token": "t"}'.encode("utf-16")),
    "json in 16 bits as bytes": ("application/octet-stream", '{"access_token": "t"}'.encode("utf-16-be")),
    "json in 7 bits": ("application/json; charset=utf-7", b'{"+AGEAYwBjAGUAcwBz-_token": "t"}'),
    "json behind a mark": (JSON, b'\xef\xbb\xbf{"access_token": "t"}'),
    "form": (FORM, b"name=x&access_token=t"),
    "form with an account": (FORM, b"account_id=7"),
    "form with a semicolon": (FORM, b"name=x;account_id=7"),
    "form escaped": (FORM, b"%61ccess%5Ftoken=t"),
    "form escaped twice": (FORM, b"%2561ccess_token=t"),
    "form with a list": (FORM, b"account_id[]=7"),
    "form with a list, escaped": (FORM, b"account_id%5B%5D=7"),
    "form nested": (FORM, b"foo[access_token]=t"),
    "form with a blank": (FORM, b"+access_token=t"),
    "form without a value": (FORM, b"access_token&x=1"),
    "form in capitals": (FORM, b"ACCESS_TOKEN=t"),
    "form behind a long name": (FORM, b"+" * 9000 + b"access_token=t"),
    "form without a type": ("", b"access_token=t"),
    "form as text": ("text/plain", b"x=1&access_token=t"),
    "form as json": (JSON, b"access_token=t"),
    "form that begins like json": (FORM, b'{"name": "&access_token=t&"}'),
    "form that begins like a list": (FORM, b'["&account_id=7&"]'),
    "form that begins like json, without a type": ("", b' {"name": "&access_token=t"}'),
    "form that begins like json, of two types": (f"{FORM}, {JSON}", b'{"name": "&access_token=t"}'),
    "form that begins like multipart": (FORM, b"--xyz&name=x&access_token=t"),
    "multipart": (MULTIPART, part("name") + part("access_token") + END),
    "multipart without quotes": (MULTIPART, part("", head="content-disposition: form-data; name=account_id") + END),
    "multipart folded": (MULTIPART, part("", head='Content-Disposition: form-data;\r\n name="account_id"') + END),
    "multipart nested": (MULTIPART, part("foo[access_token]") + END),
    "multipart escaped": (MULTIPART, part("%61ccess_token") + END),
    "multipart with backslashes": (MULTIPART, part("access\\_token") + END),
    "multipart by number": (
        MULTIPART,
        part("", head="Content-Disposition: form-data; name*=UTF-8''access_token") + END,
    ),
    "multipart by content id": (MULTIPART, part("", head="Content-ID: <access_token>") + END),
    "multipart with short lines": (MULTIPART, part("account_id").replace(b"\r\n", b"\n") + b"--xyz--\n"),
    "multipart with two boundaries": (f"{MULTIPART}; boundary=abc", part("name") + END),
    "multipart of another boundary": (MULTIPART, part("account_id").replace(b"xyz", b"abc")),
    "multipart mixed": ("multipart/mixed; boundary=xyz", part("account_id") + END),
    "multipart as text": ("text/plain", part("account_id") + END),
    "multipart behind a file": (
        MULTIPART,
        part("", "\r\n".join(["x"] * 99), head=('Content-Disposition: form-data; name="receipt"; filename="r.txt"'))
        + part("account_id")
        + END,
    ),
    "xml": ("application/xml", b"<access_token>t</access_token>"),
}
HONEST: dict[str, tuple[str, bytes]] = {
    "a reference": (JSON, b'{"external_reference": {"id": "1", "group_id": "2", "account_id": "3"}, "hours": 1.10}'),
    "words in values": (JSON, b'{"notes": "access_token, \\"account_id\\": 7", "name": "account_id"}'),
    "a form's words in values": (JSON, b'{"notes": "x?y=1&access_token=t"}'),
    "a form's words of another type": ("application/vnd.api+json; charset=utf-8", b'{"notes": "x?y=1&account_id=7"}'),
    "words in a list": (JSON, b'{"names": ["access_token", "account_id"]}'),
    "names near": (JSON, b'{"access_token_notes": 1, "account_ids": 2, "harvest_account": 3}'),
    "numbers": (JSON, b'{"a": -1.50e+10, "b": [true, false, null], "c": {}}'),
    "a form": (FORM, b"notes=access_token%3D1&external_reference[account_id]=7&x=account_id"),
    "a receipt": (MULTIPART, part("", "access_token=t\r\nContent-Disposition: form-data; name=\"account_id\"", head=(
        'Content-Disposition: form-data; name="receipt"; filename="access_token.txt"')) + END),
    "a part of a reference": (MULTIPART, part("external_reference[account_id]") + END),
    "bytes": ("application/octet-stream", bytes(range(256)) * 20),
    "nothing": ("", b""),
}  # fmt: skip
