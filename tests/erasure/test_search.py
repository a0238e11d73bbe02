"""The search finds what it is for: a value, however it was written down."""

import base64
import json

import pytest

from tests.erasure.search import forms, search

NAME = "Zübeyde Qaraqışlaq"


@pytest.mark.parametrize(
    ("form", "written"),
    [
        ("UTF-8", f"<name>{NAME}</name>".encode()),
        ("UTF-16", f"name: {NAME}".encode("utf-16-le")),
        ("JSON", json.dumps({"name": NAME}).encode()),
        ("JSON", json.dumps(json.dumps({"name": NAME})).encode()),
        ("hex", rb"\x" + f"name {NAME}".encode().hex().encode()),
        *(("base64", base64.b64encode(f"{'x' * n}{NAME} and more".encode())) for n in range(3)),
        *(
            ("base64url", base64.urlsafe_b64encode(json.dumps(["s" * n, "name", NAME]).encode()))
            for n in range(20, 23)
        ),
    ],
)
def test_a_value_is_found_in_each_form(form: str, written: bytes) -> None:
    hits = search([NAME], [("here", b"before" + written + b"after")])
    assert form in {hit.form for hit in hits}


def test_another_value_is_not_found() -> None:
    assert search([NAME], [("here", b"Zubeyde Karakislak")]) == []
    assert all(len(needle) > 8 for needles in forms(NAME).values() for needle in needles)
