"""/docs: what a service can be asked, for people, on one page that runs nothing."""

import base64
import hashlib
import re
from html.parser import HTMLParser

from events.io.http.manual import page
from events.io.http.trial import Trial


class Links(HTMLParser):
    """The page's anchors, where its links lead, and whatever else it has."""

    def __init__(self) -> None:
        super().__init__()
        self.anchors: list[str] = []
        self.leads_to: list[str] = []
        self.tags: set[str] = set()
        self.attributes: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.anchors += [value or "" for name, value in attrs if name == "id"]
        self.leads_to += [value or "" for name, value in attrs if name == "href"]


async def read(till: Trial) -> tuple[str, Links]:
    said = await till.client.get("/docs")
    assert said.status_code == 200
    assert said.headers["content-type"] == "text/html; charset=utf-8"
    links = Links()
    links.feed(said.text)
    return said.text, links


async def test_it_tells_of_every_operation_what_a_partner_has_to_know(till: Trial) -> None:
    text, _ = await read(till)
    for operation in till.app.operations:
        assert f"<code>{operation.path}</code>" in text
        for role in operation.allows:
            assert f"<code>{role}</code>" in text
    section = re.search(r'<section id="add_loaf">(.*?)</section>', text)
    assert section is not None
    for words in (
        "Add loaves to an order.",
        "<code>field_officer</code>",
        "<code>If-Match (header)</code>",
        "<code>Idempotency-Key (header)</code>",
        'href="#shape-AddLoafBody"',
        'href="#shape-OrderAnswer"',
        "412 It has changed since you looked",
        "422 The fields do not fit, or the domain refused",
    ):
        assert words in section[1], words


async def test_it_tells_what_each_rule_says(till: Trial) -> None:
    text, _ = await read(till)
    assert "<code>NoSuchOrder</code></a></td><td>There is no such order</td>" in text


async def test_every_link_leads_somewhere(till: Trial) -> None:
    _, links = await read(till)
    assert len(links.anchors) == len(set(links.anchors))
    for link in links.leads_to:
        if link.startswith("#"):
            assert link.removeprefix("#") in links.anchors
        else:
            assert (await till.client.get(link)).status_code == 200


async def test_it_runs_nothing_and_fetches_nothing(till: Trial) -> None:
    text, links = await read(till)
    policy = (await till.client.get("/docs")).headers["content-security-policy"]
    style = re.search(r"<style>(.*?)</style>", text, re.DOTALL)
    assert style is not None
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    assert policy.startswith(f"default-src 'none'; style-src 'sha256-{digest}';")
    assert not links.tags & {"script", "img", "link", "iframe", "form", "object", "base"}
    assert not links.attributes & {"style", "src", "onclick", "onload"}


def test_nothing_of_a_description_becomes_markup() -> None:
    evil = '<script>alert("x")</script>'
    operation = {
        "operationId": evil,
        "summary": evil,
        "description": evil,
        "x-roles": [evil],
        "parameters": [
            {"name": evil, "in": "query", "schema": {"type": "string", "pattern": evil}}
        ],
        "responses": {"200": {"description": evil}, "400": {"description": evil}},
    }
    shape = {"description": evil, "properties": {evil: {"enum": [evil]}, "b": {"$ref": evil}}}
    described = {
        "info": {"title": evil},
        "paths": {evil: {"get": operation}},
        "components": {"schemas": {evil: shape}},
    }
    assert "<script" not in page(described, {evil: evil})
