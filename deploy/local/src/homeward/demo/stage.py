"""The stage of the demo: people who sign in, do things over REST, and are refused by name.

Everything goes through the services' public APIs with the acting person's own token. A service
that is away for a moment is asked again under the same idempotency key, as any careful client
does. A step that does not go as the story says raises `NotAsTold`.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import httpx
from rich.console import Console

from events.io.system import SystemClock
from events.money import Money

Json = dict[str, Any]

WAIT_SECONDS = 60.0
FEEDS = "svc_audit"
"""Who reads the services' feeds, which are for machines alone."""


def money(told: str) -> Json:
    """`2423500.500 IQD`, as the cases' file has it, for the wire."""
    amount, currency = told.split()
    return Money.parse(amount, currency).to_wire()


def shown(amount: str | Json) -> str:
    """An amount of the cases' file or of the wire, for people: `2,423,500.500 IQD`."""
    return f"{Money.from_wire(money(amount) if isinstance(amount, str) else amount)}"


class NotAsTold(AssertionError):
    """A step of the story went otherwise than the story says."""


@dataclass(frozen=True)
class Person:
    """One of the people in the story, or a service, with what they sign in with."""

    username: str
    name: str
    role: str
    """As the terminal shows it: `counsellor, Baghdad`."""
    password: str


@dataclass(frozen=True)
class World:
    """Where the services are, and who is in the story."""

    services: Mapping[str, str]
    """By name: `http://127.0.0.1:8471`."""
    issuer: str
    people: Mapping[str, Person]
    policy: Path
    """Who has to have cosigned the log, as its operator gives it to whoever verifies."""


@dataclass
class Stage:
    """Lets the people act, and tells on the terminal what they do."""

    world: World
    terminal: Console
    run: str
    """Makes this telling's idempotency keys differ from another telling's."""
    before_step: Callable[[int], None] = lambda _: None
    """Told the number of each step before it is taken."""
    _tokens: dict[str, tuple[str, float]] = field(default_factory=dict)
    _told: set[str] = field(default_factory=set)
    _steps: int = 0
    refusals: int = 0

    def __post_init__(self) -> None:
        self._http = httpx.Client(timeout=20.0)

    @property
    def today(self) -> date:
        """The day of the story: the real one, in UTC, as the services count it."""
        return SystemClock().now().date()

    def close(self) -> None:
        self._http.close()

    def chapter(self, title: str) -> None:
        self.terminal.print()
        self.terminal.print(f"[bold]{title}[/bold]", highlight=False)

    def note(self, text: str) -> None:
        self.terminal.print(f"  {text}", highlight=False, style="dim")

    def does(self, who: str, what: str, path: str, body: Json | None = None) -> Json:
        """The person does it and succeeds: `plans/v1/plans/pla_1/submit`. The answer's body."""
        answer = self._post(who, path, body or {})
        if answer.is_error:
            raise NotAsTold(f"{who} could not: {what}\n{path}\n{answer.status_code} {answer.text}")
        self._tell(who, what, _event_told(answer))
        result: Json = answer.json()
        return result

    def uploads(self, who: str, what: str, path: str, content: bytes, media: str) -> Json:
        """The person sends a file. The answer's body."""
        headers = {"Idempotency-Key": self._next_key(), "Content-Type": media}
        answer = self._send(who, "POST", path, content=content, headers=headers)
        if answer.is_error:
            raise NotAsTold(f"{who} could not: {what}\n{path}\n{answer.status_code} {answer.text}")
        self._tell(who, what, _event_told(answer))
        result: Json = answer.json()
        return result

    def puts_on_file(self, who: str, service: str, content: bytes, about: Mapping[str, str]) -> str:
        """The person sends a paper; its digest, by which acts cite it."""
        headers = {"Idempotency-Key": self._next_key(), "Content-Type": "application/pdf"}
        path = f"{service}/v1/documents"
        answer = self._send(who, "POST", path, params=about, content=content, headers=headers)
        if answer.is_error:
            raise NotAsTold(f"{who} could not put a paper on file: {path} {about} {answer.text}")
        digest: str = answer.json()["document"]
        return digest

    def does_once_heard(
        self, who: str, what: str, path: str, body: Json | None, not_yet: str
    ) -> Json:
        """The same, asked again while the service that decides has not heard of all that led here.

        `not_yet`: the rule by which it refuses until then.
        """
        end = time.monotonic() + WAIT_SECONDS
        while True:
            answer = self._post(who, path, body or {})
            if answer.is_success:
                self._tell(who, what, _event_told(answer))
                result: Json = answer.json()
                return result
            if answer.json().get("code") != not_yet or time.monotonic() > end:
                raise NotAsTold(f"{who} could not: {what}\n{path}\n{answer.text}")
            time.sleep(0.05)

    def is_refused(
        self,
        who: str,
        what: str,
        path: str,
        body: Json | None,
        rule: str,
        *,
        not_yet: str | None = None,
    ) -> Json:
        """The person tries it and is refused by exactly that rule. What they are told.

        `not_yet`: the rule that refuses it while the service has not heard of what led here.
        """
        end = time.monotonic() + WAIT_SECONDS
        while True:
            answer = self._post(who, path, body or {})
            said: Json = answer.json() if answer.is_error else {}
            code = said.get("code")
            if code == rule:
                break
            if code is None or code != not_yet or time.monotonic() > end:
                raise NotAsTold(f"{who}: {what} should be refused by {rule}: {answer.text}")
            time.sleep(0.05)
        self.refusals += 1
        self._tell(who, what, f"[red]refused: {rule}[/red], {said['title'].rstrip('.').lower()}")
        return said

    def reads(self, who: str, path: str, **query: str | int) -> Json:
        """What the person sees there now."""
        answer = self._send(who, "GET", path, params=query)
        if answer.is_error:
            raise NotAsTold(f"{who} could not read {path}: {answer.status_code} {answer.text}")
        result: Json = answer.json()
        return result

    def finds_nothing(self, who: str, path: str, **query: str | int) -> None:
        """For that person there is no such thing."""
        self.is_not_shown(who, path, "not_found", **query)

    def is_not_shown(self, who: str, path: str, rule: str, **query: str | int) -> None:
        """The person asks to see it and is refused by exactly that rule."""
        answer = self._send(who, "GET", path, params=query)
        said = answer.json() if answer.is_error else {}
        if said.get("code") != rule:
            raise NotAsTold(f"{who} should not be shown {path}, by {rule}: {answer.text}")

    def downloads(self, who: str, path: str) -> bytes:
        """A file that the person may have."""
        answer = self._send(who, "GET", path)
        if answer.is_error:
            raise NotAsTold(f"{who} could not have {path}: {answer.status_code} {answer.text}")
        return answer.content

    def asks_for(self, who: str, path: str, body: Json) -> bytes:
        """A file that the person is given for the purpose that they tell."""
        answer = self._send(who, "POST", path, json=body)
        if answer.is_error:
            raise NotAsTold(f"{who} was not given {path}: {answer.status_code} {answer.text}")
        return answer.content

    def awaits(self, who: str, path: str, until: Callable[[Json], bool], what: str) -> Json:
        """Read until it is so; `NotAsTold` after a minute."""
        end = time.monotonic() + WAIT_SECONDS
        while True:
            answer = self._send(who, "GET", path)
            if answer.is_success and until(answer.json()):
                result: Json = answer.json()
                return result
            if time.monotonic() > end:
                raise NotAsTold(f"waited in vain for {what}: {answer.status_code} {answer.text}")
            time.sleep(0.05)

    def tells(self, who: str, what: str, event: str) -> None:
        """Something that nobody of ours did: the bank, a policy."""
        line = f"  {who:<38} {what:<48} [dim]{event}[/dim]"
        self.terminal.print(line, highlight=False, soft_wrap=True)

    def name(self, who: str) -> str:
        """How the person is called here: at first with the role, then by name alone."""
        person = self.world.people[who]
        if who in self._told:
            return person.name
        self._told.add(who)
        return f"{person.name} ({person.role})"

    def _tell(self, who: str, what: str, event: str) -> None:
        self.tells(self.name(who), what, event)

    def _post(self, who: str, path: str, body: Json) -> httpx.Response:
        headers = {"Idempotency-Key": self._next_key()}
        service, version, things, *thing = path.split("/")
        if len(thing) > 1 and "_" in thing[0]:
            resource = "/".join((service, version, things, thing[0]))
            seen = self._send(who, "GET", resource)
            if seen.is_error:
                raise NotAsTold(f"{who} could not read {resource}: {seen.text}")
            if "ETag" in seen.headers:
                headers["If-Match"] = seen.headers["ETag"]
        return self._send(who, "POST", path, json=body, headers=headers)

    def _next_key(self) -> str:
        self._steps += 1
        self.before_step(self._steps)
        return str(uuid5(NAMESPACE_URL, f"homeward-demo/{self.run}/{self._steps}"))

    def _send(
        self,
        who: str,
        method: str,
        path: str,
        *,
        params: Mapping[str, str | int] | None = None,
        json: Json | None = None,
        content: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        """Send it, the same again while the service is away, for a minute at most."""
        end = time.monotonic() + WAIT_SECONDS
        while True:
            try:
                answer = self._http.request(
                    method,
                    self._url(path),
                    params=params,
                    json=json,
                    content=content,
                    headers=dict(headers or {}) | self.authorization(who),
                )
                if answer.status_code != httpx.codes.SERVICE_UNAVAILABLE:
                    return answer
                away = answer.text
            except httpx.TransportError as error:
                away = repr(error)
            if time.monotonic() > end:
                raise NotAsTold(f"{method} {path} is not answered: {away}")
            time.sleep(0.1)

    def _url(self, path: str) -> str:
        service, _, rest = path.partition("/")
        return f"{self.world.services[service]}/{rest}"

    def authorization(self, who: str) -> dict[str, str]:
        """The header with the person's token, fetched anew in time."""
        token, good_until = self._tokens.get(who, ("", 0.0))
        if time.monotonic() >= good_until:
            person = self.world.people[who]
            form = {"username": person.username, "password": person.password}
            answer = self._http.post(f"{self.world.issuer}/token", data=form)
            if answer.is_error:
                raise NotAsTold(f"{who} could not sign in: {answer.text}")
            said = answer.json()
            token = said["access_token"]
            self._tokens[who] = (token, time.monotonic() + said["expires_in"] / 2)
        return {"Authorization": f"Bearer {token}"}


def _event_told(answer: httpx.Response) -> str:
    """`disbursement.vendor_paid.v1` as people say it: VendorPaid."""
    types = [each.strip() for each in answer.headers.get("Events", "").split(",") if each]
    return ", ".join(each.split(".")[1].title().replace("_", "") for each in types)
