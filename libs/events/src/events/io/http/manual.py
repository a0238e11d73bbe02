"""/docs: the description of a service as one plain page for people, without a script."""

import base64
import hashlib
from collections.abc import Awaitable, Callable, Iterator, Mapping
from html import escape
from typing import Any

from fastapi import Response
from starlette.requests import Request

from events.decider import title_of
from events.io.http.problems import rules

Json = Mapping[str, Any]

MONEY = '{"amount": "1234.50", "currency": "EUR"}'

STYLE = """
:root { color-scheme: light dark; font: 100%/1.5 system-ui, "Noto Sans", sans-serif; }
body { margin: 2rem auto; padding: 0 1rem; max-inline-size: 60rem; }
h1 { font-size: 1.6rem; } h2 { font-size: 1.2rem; margin-block-start: 2.5rem; }
h3 { font-size: 1rem; margin-block: 2rem 0.25rem; }
code { font-family: ui-monospace, "DejaVu Sans Mono", monospace; font-size: 0.9em; }
p, dd, ul { margin-block: 0.25rem; } dt { font-weight: 600; margin-block-start: 0.5rem; }
dd { margin-inline-start: 1rem; } small { opacity: 0.8; }
table { border-collapse: collapse; } td, th { text-align: start; vertical-align: top;
padding: 0.15rem 1rem 0.15rem 0; border-block-end: 1px solid; border-color: #8886; }
:target { outline: 2px solid; outline-offset: 0.5rem; }
"""
_STYLE_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
HEADERS = {
    "Content-Security-Policy": (
        f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; form-action 'none'; "
        "frame-ancestors 'none'; base-uri 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
}

_HOW = """
<p>This page is made from the service's description,
<a href="/openapi.json"><code>/openapi.json</code></a> (OpenAPI 3.1).</p>
<ul>
<li>Every request carries <code>Authorization: Bearer</code> with a token of the issuer. The token
says in which roles; each operation names the roles that it is for.</li>
<li>A POST carries an <code>Idempotency-Key</code>: a fresh one for each request, the same again
when it is repeated. A repetition is answered as the first time and changes nothing. Where none is
named below, a request is a reading, recorded each time, or brings an id of its own.</li>
<li>An operation on something that stands carries <code>If-Match</code> with the
<code>ETag</code> that was read.</li>
<li>Every refusal is <code>application/problem+json</code> (RFC 9457). What its <code>code</code>
means stands under <code>/problems/</code> and the code.</li>
<li>Clients ignore fields that they do not know; requests with unknown fields are refused.</li>
</ul>
"""


def manual(describe: Callable[[], Json]) -> Callable[[Request], Awaitable[Response]]:
    """The route of the page; it is made when it is first asked for."""
    made: list[str] = []

    async def manual(_request: Request) -> Response:
        """The description, for people."""
        if not made:
            made.append(page(describe(), {rule.__name__: title_of(rule) for rule in rules()}))
        return Response(made[0], media_type="text/html", headers=HEADERS)

    return manual


def page(description: Json, rules: Mapping[str, str]) -> str:
    """The whole page as HTML; `rules` are the domain's refusals, what each says by its code."""
    title = escape(description["info"]["title"])
    operations = [
        (method, path, operation)
        for path, methods in description["paths"].items()
        for method, operation in methods.items()
    ]
    shapes = description["components"]["schemas"]
    parts = (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>',
        '<meta name="viewport" content="width=device-width">',
        f"<style>{STYLE}</style></head><body><h1>{title}</h1>{_HOW}<h2>Operations</h2><table>",
        *(_entry(*each) for each in operations),
        "</table>",
        *(_operation(*each) for each in operations),
        "<h2>What the rules refuse with</h2><table>",
        *(
            f'<tr><td><a href="/problems/{escape(code)}"><code>{escape(code)}</code></a></td>'
            f"<td>{escape(rules[code])}</td></tr>"
            for code in sorted(rules)
        ),
        "</table><h2>Shapes</h2>",
        *(_shape(name, shapes[name]) for name in sorted(shapes)),
        "</body></html>\n",
    )
    return "".join(parts)


def _entry(method: str, path: str, operation: Json) -> str:
    name = escape(operation["operationId"])
    return (
        f"<tr><td>{method.upper()}</td>"
        f'<td><a href="#{name}"><code>{escape(path)}</code></a></td>'
        f"<td>{escape(operation['summary'])}</td></tr>"
    )


def _operation(method: str, path: str, operation: Json) -> str:
    told = "".join(f"<dt>{name}</dt><dd>{text}</dd>" for name, text in _told(operation))
    return (
        f'<section id="{escape(operation["operationId"])}">'
        f"<h3>{method.upper()} <code>{escape(path)}</code></h3>"
        f"<p>{escape(operation['description'])}</p><dl>{told}</dl></section>"
    )


def _told(operation: Json) -> Iterator[tuple[str, str]]:
    yield "For", ", ".join(f"<code>{escape(role)}</code>" for role in operation["x-roles"])
    parameters = [
        (f"{each['name']} ({each['in']})", each["schema"] | {"description": _meaning(each)}, needed)
        for each in operation.get("parameters", ())
        for needed in [each.get("required", False)]
    ]
    if parameters:
        yield "Takes", _fields(parameters)
    if "requestBody" in operation:
        yield "Body", _content(operation["requestBody"])
    refusals = []
    for status, answer in operation["responses"].items():
        if int(status) < 400:  # noqa: PLR2004
            yield f"Answers {escape(status)}", _content(answer)
        else:
            refusals.append(f"{escape(status)} {escape(answer['description'])}")
    yield "Refuses", "<br>".join(refusals)


def _content(of: Json) -> str:
    return " or ".join(
        _words(media.get("schema", {})) for media in of.get("content", {}).values()
    ) or escape(of.get("description", ""))


def _shape(name: str, schema: Json) -> str:
    fields = [
        (field, of, field in schema.get("required", ()))
        for field, of in schema.get("properties", {}).items()
    ]
    inside = _fields(fields) if fields else f"<p>{_words(schema)}</p>"
    meaning = escape(schema.get("description", ""))
    return (
        f'<section id="{_anchor(name)}"><h3>{escape(name)}</h3><p>{meaning}</p>{inside}</section>'
    )


def _fields(fields: list[tuple[str, Json, bool]]) -> str:
    rows = (
        f"<tr><td><code>{escape(name)}</code></td><td>{_words(schema)}</td>"
        f"<td>{'required' if needed else 'optional'}</td>"
        f"<td><small>{escape(_meaning(schema))}</small></td></tr>"
        for name, schema, needed in fields
    )
    return f"<table>{''.join(rows)}</table>"


def _meaning(of: Json) -> str:
    return str(of.get("description", ""))


def _words(schema: Json) -> str:
    """What a value may be, in a few words."""
    match schema:
        case {"$ref": str(ref)}:
            name = ref.rpartition("/")[2]
            return f'<a href="#{_anchor(name)}">{escape(name)}</a>'
        case {"anyOf": list(either)} | {"oneOf": list(either)}:
            return " or ".join(map(_words, either))
        case {"enum": list(values)}:
            return ", ".join(f"<code>{escape(str(value))}</code>" for value in values)
        case {"const": value}:
            return f"<code>{escape(str(value))}</code>"
        case {"title": "Money"}:
            return f"money, such as <code>{escape(MONEY)}</code>"
        case {"type": "array"}:
            return f"list of {_words(schema.get('items', {}))}"
        case {"type": "string", "format": str(form)}:
            return escape(form)
        case {"type": "string", "pattern": str(pattern)}:
            return f"text like <code>{escape(pattern)}</code>"
        case {"type": "null"}:
            return "nothing"
        case {"type": str(kind)}:
            return escape({"string": "text", "integer": "whole number"}.get(kind, kind))
        case _:
            return "anything"


def _anchor(name: str) -> str:
    return f"shape-{escape(name)}"
