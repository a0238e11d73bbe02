"""`./homeward replay`: a server for its tables, which is gone afterwards, and the log's address."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from events.canonical import plain
from events.memory import NOON
from events.values import SYSTEM
from homeward import folder, pages, postgres
from homeward.processes import CannotStart
from plans import programme
from plans.domain.delivery_terms import DeliveryTermsPublished
from plans.domain.programme.publishing import PublishProgramme
from plans.domain.programme.publishing import programme as publishing

DATA, PAGE = "--data", "--what-if"


def run(home: Path, words: Sequence[str]) -> int:
    """Replay what the words say; the status that a replay ends with."""
    words = list(words)
    chosen = _taken(words, DATA)
    page = _taken(words, PAGE)
    if {"--help", "-h"} & set(words):
        return _replay(home, words, {})
    with ExitStack() as until:
        place = Path(until.enter_context(tempfile.TemporaryDirectory(prefix="homeward-replay-")))
        if page is not None:
            words += [PAGE, str(_as_published(home, Path(page), place / "page.json"))]
        environment = {} if _names_a_copy(words) else _running(home, chosen)
        scratch = until.enter_context(postgres.start(place / "postgres", durable=False))
        environment["HOMEWARD_SCRATCH_DATABASE_URL"] = scratch.superuser
        return _replay(home, words, environment)


def _taken(words: list[str], option: str) -> str | None:
    """The option's value, taken out of the words."""
    if option not in words:
        return None
    at = words.index(option)
    if at + 1 == len(words):
        raise CannotStart(f"{option} names a path.")
    del words[at]
    return words.pop(at)


def _names_a_copy(words: Sequence[str]) -> bool:
    """Whether a path stands among the words: one that is not the value of an option."""
    flags = {"--compare", "--json"}
    after_option = False
    for word in words:
        if not word.startswith("-") and not after_option:
            return True
        after_option = word.startswith("--") and "=" not in word and word not in flags
    return False


def _running(home: Path, chosen: str | None) -> dict[str, str]:
    path = folder.running(home, Path(chosen) if chosen else None)
    databases = folder.operator(path).get("databases", {})
    return {
        "HOMEWARD_DATABASE_URL": databases["audit"],
        "HOMEWARD_LIVE_DATABASES": json.dumps(databases),
    }


def _as_published(home: Path, page: Path, target: Path) -> Path:
    """What publishing the page would have said, in JSON."""
    pages.check(home, [page.resolve()])
    read = programme.parse(page.read_text(encoding="utf-8"), str(page))
    assert not isinstance(read, list), "it was checked"
    command = PublishProgramme(
        by=SYSTEM,
        at=NOON,
        programme=read.id,
        organisation=read.policy.organisation,
        digest=read.digest,
        agreed=True,
        policy=read.policy,
        vendors=read.vendors,
        paid_from=read.paid_from,
        findings=read.findings,
        offices=read.offices,
    )
    terms = plain(read.delivery_terms)
    deliveries = DeliveryTermsPublished(by=SYSTEM, at=NOON, programme=read.id, **terms)
    said = {}
    for event in (*publishing.decide(command, None), deliveries):
        data = plain(event)
        kind = data.pop("type").rpartition(".v")[0]
        said[kind] = {name: value for name, value in data.items() if name not in ("by", "at")}
    target.write_text(json.dumps({"programme": read.id, "said": said}))
    return target


def _replay(home: Path, words: Sequence[str], environment: dict[str, str]) -> int:
    done = subprocess.run(
        [sys.executable, "-P", "-m", "audit.replay", *words],
        env=os.environ | {"PYTHONPATH": str(home)} | environment,
        check=False,
    )
    return done.returncode
