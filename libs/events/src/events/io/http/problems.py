"""Problems: every refusal as RFC 9457 `application/problem+json`.

`type` resolves at the service itself (`GET /problems/{code}`). The input is never echoed: a problem
names the place (`pointer`, RFC 6901), the rule and, for a refusal by the domain, its facts.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec
from fastapi import Response
from pydantic import ValidationError

from events.canonical import plain
from events.decider import Rejected, title_of

PROBLEM_JSON = "application/problem+json"
ERRORS_MAX = 50
_SAFE_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")

TITLES: Mapping[str, tuple[int, str]] = {
    "body_invalid": (422, "The body does not say what this operation needs"),
    "body_too_large": (413, "The body is larger than this operation takes"),
    "view_behind": (503, "What you wrote has not reached this view yet"),
    "view_stopped": (503, "What this would be decided with stands still; an operator must act"),
    "claim_taken": (409, "It was done already, perhaps a moment ago by you"),
    "document_erased": (410, "The document was erased with whom it was about, and stays so"),
    "document_not_as_told": (422, "The document is not of the type that was told"),
    "entry_too_large": (422, "It says more than one event can hold"),
    "forbidden": (403, "None of your roles may do this"),
    "head_too_large": (431, "The head of the request is larger than 64 KiB"),
    "header_repeated": (400, "A header that counts stands there twice"),
    "idempotency_key_missing": (400, "This POST needs an Idempotency-Key"),
    "idempotency_key_reused": (422, "This Idempotency-Key was used for another request"),
    "if_match_invalid": (400, "If-Match names one version, as the ETag did"),
    "if_match_required": (428, "Say with If-Match which version you saw"),
    "internal_error": (500, "We are wrong; nothing was decided"),
    "media_type_unsupported": (415, "The body must be application/json"),
    "method_not_allowed": (405, "This path does not answer to that method"),
    "not_http": (400, "This is not an HTTP request"),
    "not_as_signed": (503, "What is kept here is not what was signed; an operator must act"),
    "not_ready": (503, "The service is starting, or something that it needs is not there"),
    "not_found": (404, "There is nothing here, or nothing that you may see"),
    "person_erased": (409, "What we held about this person was erased, and stays so"),
    "query_invalid": (400, "The query is not one that this operation knows"),
    "token_invalid": (401, "The access token is not valid here"),
    "token_missing": (401, "Sign in first: an access token is needed"),
    "unavailable": (503, "The service is not ready; try again"),
    "version_stale": (412, "It has changed since you looked"),
    "write_conflict": (409, "Others kept writing at the same time; try again"),
}
"""Every problem of the library: code -> status and title. The domain's rules come on top."""


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong with a request, and where."""

    pointer: str | None
    code: str
    detail: str
    parameter: str | None = None

    def to_wire(self) -> dict[str, str]:
        where = {"pointer": self.pointer, "parameter": self.parameter}
        said = {name: text for name, text in where.items() if text is not None}
        return said | {"code": self.code, "detail": self.detail}


@dataclass
class Problem(Exception):
    """A request that is not answered as asked."""

    code: str
    detail: str
    status: int = 0
    title: str = ""
    errors: Sequence[Fault] = ()
    extra: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.status:
            self.status, self.title = TITLES[self.code]

    def response(self, trace_id: str) -> Response:
        body = {
            "type": f"/problems/{self.code}",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            "code": self.code,
            "trace_id": trace_id,
            **self.extra,
        }
        if self.errors:
            body["errors"] = [fault.to_wire() for fault in self.errors]
        headers = {"Cache-Control": "no-store", **self.headers}
        return Response(
            msgspec.json.encode(body), self.status, headers=headers, media_type=PROBLEM_JSON
        )


def refused(rejection: Rejected, status: int) -> Problem:
    """The domain's no: its rule, the first line of its docstring, its facts."""
    facts = plain(rejection.facts())
    return Problem(
        code=rejection.rule,
        status=status,
        title=title_of(type(rejection)),
        detail=_sentence(facts),
        extra={"rule": rejection.rule, "facts": facts},
    )


def rules(parent: type[Rejected] = Rejected) -> Iterator[type[Rejected]]:
    """Every refusal that the domain of this process can give."""
    for rule in parent.__subclasses__():
        yield rule
        yield from rules(rule)


def _sentence(facts: Mapping[str, Any]) -> str:
    if not facts:
        return "The request was understood and refused; nothing was stored."
    told = ", ".join(f"{name} is {_short(value)}" for name, value in facts.items())
    return f"Refused because {told}. Nothing was stored."


def _short(value: object) -> str:
    text = value if isinstance(value, str) else msgspec.json.encode(value).decode()
    return text if len(text) <= 120 else text[:117] + "..."  # noqa: PLR2004


def body_faults(error: ValidationError) -> list[Fault]:
    """All that pydantic found, without a word of the input."""
    return [
        Fault(pointer=_pointer(e["loc"], e["type"]), code=e["type"], detail=e["msg"])
        for e in error.errors(include_url=False, include_input=False, include_context=False)[
            :ERRORS_MAX
        ]
    ]


def query_faults(error: ValidationError) -> list[Fault]:
    return [
        Fault(pointer=None, parameter=_name(e["loc"][0]), code=e["type"], detail=e["msg"])
        for e in error.errors(include_url=False, include_input=False, include_context=False)[
            :ERRORS_MAX
        ]
    ]


def _name(part: int | str) -> str:
    """A name out of the request is repeated only if it looks like one of ours."""
    text = str(part)
    return text if isinstance(part, int) or _SAFE_NAME.fullmatch(text) else "…"


def _pointer(loc: Sequence[int | str], _kind: str) -> str:
    return "".join(f"/{_name(part)}" for part in loc)
