"""One declared operation: from the bytes of a request to the call of its function.

The order in which a request is judged: who asks, may they, the path, the query, the media type,
the size, the JSON, the fields, the idempotency key, the version seen, and then the domain's rules.
"""

import inspect
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Any, cast, get_args, get_origin, get_type_hints
from urllib.parse import parse_qsl, urlencode

from fastapi import Response
from pydantic import BaseModel, ConfigDict, ValidationError, create_model

from events.canonical import canonical
from events.decider import Rejected
from events.envelope import Context
from events.io.http import strict_json
from events.io.http.asked import Asked, Desk, Given, Minting, json_response
from events.io.http.do import Doer, encode
from events.io.http.models import Page
from events.io.http.onlooking import Onlookers
from events.io.http.problems import Fault, Problem, body_faults, query_faults
from events.io.http.request import Raw
from events.io.http.upload import Takes
from events.io.identity import Acting, NotSignedIn
from events.ports import ClaimTaken
from events.roles import Role

QUERY_MAX_FIELDS = 32
_PATH_PARAMETER = re.compile(r"\{([a-z0-9_]+)")


class _Parameters(BaseModel):
    """Path and query parameters: texts, read as what they are declared to be; no unknown one."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)


_IN_PATH = re.compile(r"\{(\w+)(?::\w+)?\}")

Function = Callable[..., Awaitable[Response | BaseModel]]


@dataclass(frozen=True)
class Operation:
    """What `Api.command` and `Api.query` declare, and what was read off the function."""

    method: str
    path: str
    function: Function
    answers: type[BaseModel] | None
    """None: a document."""
    allows: frozenset[Role]
    conditional: bool
    created: bool
    statuses: Mapping[type[Rejected], int]
    given: Mapping[str, Given]
    keyed: bool
    """Whether it is done once for each Idempotency-Key, and refused without one.

    A reading is not: it is recorded each time. Nor is what brings an id of its own.
    """
    body: tuple[str, type[BaseModel]] | None
    gives: tuple[str, ...]
    """The media types of what it answers with, where that is a document and not JSON."""
    files: Takes | None
    """What is taken in the place of a body, as the parameter `file`."""
    parameters: type[BaseModel]
    path_names: frozenset[str]
    query_names: frozenset[str]
    """The fields that the function itself wants, besides what `given` reads."""
    elsewhere: str
    """Where those look whom it does not allow."""
    onlookers: Onlookers | None
    """What it shows is told in confidence: by whom it is recorded what auditors and donors see."""
    documented: inspect.Signature
    """What FastAPI is shown, so that the description says exactly what is taken."""

    @cached_property
    def name(self) -> str:
        """As traces show it."""
        return f"{self.method} {self.path}"

    @cached_property
    def records(self) -> bool:
        """Whether it is recorded who is shown what is protected, by what the library gives it."""
        return self.onlookers is not None or any(each.records for each in self.given.values())

    async def __call__(self, desk: Desk, raw: Raw) -> Response:
        """Answer the request; every refusal is an exception."""
        me = await self._acting(desk, raw)
        parameters = self._read_parameters(raw)
        body, value = await self._read_body(raw, desk)
        asked = Asked(
            desk=desk,
            me=me,
            now=desk.handler.clock.now(),
            ids=Minting(desk.handler.ids),
            context=Context(actor=me, correlation=raw.trace.id, traceparent=raw.trace.parent),
            method=self.method,
            path=raw.path,
            query=raw.query,
            headers=raw.headers,
            parameters=parameters,
            body=body,
            conditional=self.conditional,
            created=self.created,
            accepted=self.files is not None and self.files.later,
        )
        try:
            return await self._answered(asked, value, raw)
        finally:
            if self.files is not None:
                self.files.done(value)

    async def _answered(self, asked: Asked, value: Any, raw: Raw) -> Response:
        parameters, desk = asked.parameters, asked.desk
        arguments = {name: parameters[name] for name in self.path_names | self.query_names}
        if self.body is not None:
            arguments[self.body[0]] = value
        if self.files is not None:
            arguments["file"] = value
        for name, given in self.given.items():
            arguments[name] = await given.take(asked)
        stopped = desk.progress.stopped if desk.progress and self._reads_views else ()
        answer = await self._answer(arguments, stopped)
        if self.onlookers is not None:
            key = next((str(parameters[name]) for name in self.path_names), None)
            await self.onlookers.record(asked, self.function.__name__, arguments, answer, key)
        if not isinstance(answer, Response):
            answer = json_response(encode(answer), 200, _link(answer, raw))
        if stopped:
            answer.headers["View-Stopped"] = ", ".join(stopped)
        return answer

    @cached_property
    def _reads_views(self) -> bool:
        return any(given.reads_views for given in self.given.values())

    async def _answer(
        self, arguments: dict[str, Any], stopped: Sequence[str]
    ) -> Response | BaseModel:
        """What the function says; what it said at first when it refuses a repetition."""
        try:
            return await self._decide(arguments, stopped)
        except (Rejected, ClaimTaken, Problem):
            do = next((given for given in arguments.values() if isinstance(given, Doer)), None)
            first = await do.first_answer() if do is not None else None
            if first is None:
                raise
            return first

    async def _decide(
        self, arguments: dict[str, Any], stopped: Sequence[str]
    ) -> Response | BaseModel:
        """Nothing is decided with a view that stands still: what it does not show may count."""
        if stopped and self.method == "POST":
            raise Problem(
                "view_stopped",
                f"Until an operator acts, {' and '.join(stopped)} shows what no longer holds.",
                headers={"Retry-After": "60"},
            )
        return await self.function(**arguments)

    async def _acting(self, desk: Desk, raw: Raw) -> Acting:
        scheme, _, token = raw.headers.get(b"authorization", b"").partition(b" ")
        if scheme.lower() != b"bearer" or not token:
            raise Problem(
                "token_missing",
                "Send Authorization: Bearer with a token of the issuer.",
                headers={"WWW-Authenticate": "Bearer"},
            )
        try:
            identity = await desk.tokens.identity(token.decode("latin-1"))
        except NotSignedIn as refusal:
            raise Problem(
                "token_invalid",
                f"{str(refusal).capitalize()}.",
                headers={"WWW-Authenticate": 'Bearer error="invalid_token"'},
            ) from None
        fitting = identity.roles & self.allows
        if not fitting:
            raise Problem(
                "forbidden",
                f"This needs the role {' or '.join(sorted(self.allows))}. {self.elsewhere}".strip(),
                headers={"WWW-Authenticate": 'Bearer error="insufficient_scope"'},
            )
        return identity.acting_as(min(fitting))

    def _read_parameters(self, raw: Raw) -> dict[str, Any]:
        if not self.path_names and not raw.query and not self.parameters.model_fields:
            return {}
        given: dict[str, Any] = dict(raw.path_parameters)
        for name, text in _query(raw.query):
            if name in given:
                raise _bad_query("repeated", "A parameter stands there twice, or twice over.")
            given[name] = text
        try:
            read = self.parameters.model_validate(given)
        except ValidationError as error:
            if any(e["loc"][0] in self.path_names for e in error.errors()):
                raise Problem("not_found", "There is no such thing under this path.") from None
            raise Problem(
                "query_invalid", "Some of the query does not fit.", errors=query_faults(error)
            ) from None
        values = {name: getattr(read, name) for name in self.parameters.model_fields}
        for name, value in values.items():
            if type(value) is int and given.get(name, str(value)) != str(value):
                fault = Fault(None, "int_parsing", "Write it in digits.", parameter=name)
                raise Problem("query_invalid", "A whole number has one form.", errors=[fault])
        return values

    async def _read_body(self, raw: Raw, desk: Desk) -> tuple[bytes, Any]:
        if self.method != "POST":
            return b"", None
        if self.files is not None:
            return await self.files.read(raw, desk)
        sent = await raw.body()
        if sent or self.body is not None:
            raw.expect_json()
        try:
            value = strict_json.decode(sent) if sent or self.body is not None else {}
        except strict_json.BadJson as bad:
            raise Problem(
                bad.code, bad.detail, status=400, title="The body is not strict JSON"
            ) from None
        if self.body is None:
            if value != {}:
                raise Problem("body_invalid", "This operation takes no body, or an empty object.")
            return b"", None
        try:
            made = self.body[1].model_validate_json(sent)
        except ValidationError as error:
            raise Problem(
                "body_invalid",
                "Some fields do not fit; all of them are listed.",
                errors=body_faults(error),
            ) from None
        return canonical(value), made


def _link(answer: BaseModel, raw: Raw) -> dict[str, str]:
    """Where the next page is (RFC 8288), for clients that follow links."""
    if not isinstance(answer, Page) or answer.next is None:
        return {}
    pairs = [(name, text) for name, text in _query(raw.query) if name != "cursor"]
    following = urlencode([*pairs, ("cursor", answer.next)])
    return {"Link": f'<{raw.path}?{following}>; rel="next"'}


def _query(query: bytes) -> list[tuple[str, str]]:
    if not query:
        return []
    try:
        pairs = parse_qsl(
            query.decode("ascii"),
            keep_blank_values=True,
            strict_parsing=True,
            errors="strict",
            max_num_fields=QUERY_MAX_FIELDS,
        )
    except ValueError:
        raise _bad_query("not_a_query", "The query is not name=value pairs in UTF-8.") from None
    if any("\0" in text for pair in pairs for text in pair):
        raise _bad_query("nul_character", "The query holds the character U+0000.")
    return pairs


def _bad_query(code: str, detail: str) -> Problem:
    return Problem("query_invalid", detail, errors=[Fault(None, code, detail)])


def compile_operation(
    method: str,
    path: str,
    function: Function,
    *,
    answers: type[BaseModel] | None,
    allows: frozenset[Role],
    conditional: bool,
    created: bool,
    files: Takes | None,
    gives: tuple[str, ...],
    statuses: Mapping[type[Rejected], int],
    elsewhere: str = "",
    onlookers: Onlookers | None = None,
) -> Operation:
    """Read the function's signature once; TypeError when it is not a fitting one."""
    if not allows:
        raise TypeError(f"{path}: say which roles it allows")
    hints = get_type_hints(function, include_extras=True)
    given: dict[str, Given] = {}
    fields: dict[str, tuple[Any, Any]] = {}
    queries: dict[str, tuple[Any, Any]] = {}
    body: tuple[str, type[BaseModel]] | None = None
    keyed = False
    for name, parameter in inspect.signature(function).parameters.items():
        hint = hints[name]
        mark = _given(hint)
        default = ... if parameter.default is parameter.empty else parameter.default
        if mark is not None:
            given[name] = mark
            queries |= mark.queries
            made = get_args(hint)[0]
            keyed = keyed or (isinstance(made, type) and issubclass(made, Doer))
        elif isinstance(hint, type) and issubclass(hint, BaseModel):
            body = (name, hint)
        elif name == "file" and files is not None:
            continue
        else:
            fields[name] = (hint, default)
    path_names = frozenset(fields) & frozenset(_IN_PATH.findall(path))
    if path_names - set(fields):
        raise TypeError(f"{path}: its function does not take {sorted(path_names - set(fields))}")
    return Operation(
        method=method,
        path=path,
        function=function,
        answers=answers,
        allows=allows,
        conditional=conditional,
        created=created,
        statuses=statuses,
        given=given,
        keyed=keyed,
        body=body,
        files=files,
        gives=gives,
        parameters=create_model(
            "Parameters",
            __base__=_Parameters,
            **cast("dict[str, Any]", fields | queries),
        ),
        path_names=path_names,
        query_names=frozenset(fields) - path_names,
        elsewhere=elsewhere,
        onlookers=onlookers,
        documented=_signature(fields | queries, body),
    )


def _given(hint: Any) -> Given | None:
    if get_origin(hint) is Annotated:
        return next((m for m in get_args(hint)[1:] if isinstance(m, Given)), None)
    return None


def _signature(
    fields: Mapping[str, tuple[Any, Any]], body: tuple[str, type[BaseModel]] | None
) -> inspect.Signature:
    keyword = inspect.Parameter.KEYWORD_ONLY
    parameters = [
        inspect.Parameter(
            name,
            keyword,
            annotation=hint,
            default=inspect.Parameter.empty if default is ... else default,
        )
        for name, (hint, default) in fields.items()
    ]
    if body is not None:
        parameters.append(inspect.Parameter(body[0], keyword, annotation=body[1]))
    return inspect.Signature(parameters)
