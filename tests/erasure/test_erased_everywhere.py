"""A returnee is erased on a running copy of everything, and then looked for everywhere.

Before the erasure the same search, over what the vaults open, finds every one of her values: so
it would find them after, if they were anywhere.
"""

import subprocess
import sys
import zipfile
from collections.abc import Iterator, Mapping
from io import StringIO
from pathlib import Path
from types import MappingProxyType

import pytest
from rich.console import Console

from homeward import folder, stack
from homeward.demo import buying, paying, proving, story
from homeward.demo.stage import Json, Stage
from homeward.stack import STORED, Stack
from tests.erasure import story as hers
from tests.erasure.search import files, search
from tests.erasure.stores import disclosed, everything

KINDS = ["contact", "health", "identity", "protection"]
KEPT_UNTIL = "2040-12-31"


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    home = tmp_path_factory.mktemp("erasure")
    with (
        folder.held(home, "demo", home / "data") as place,
        stack.running(
            place, "demo", console_port=None, told=lambda _: None, waiting=lambda _: None
        ) as running,
    ):
        yield running


@pytest.fixture(scope="module")
def stage(copy: Stack) -> Iterator[Stage]:
    made = Stage(story.world(copy), Console(file=StringIO()), "erasure")
    yield made
    made.close()


class Log:
    """The auditor's copies of the log, each verified offline."""

    def __init__(self, stage: Stage, home: Path) -> None:
        self.stage = stage
        self.home = home
        self.key = proving.note_anchors(stage).key

    def taken(self, *told: str | Path) -> Path:
        """A copy that holds in every respect, by the verifier that lies in it."""
        proving.await_complete_log(self.stage)
        bundle = str(self.stage.does("elif", "took a copy", "audit/v1/bundles")["bundle"])
        packed = self.home / f"{bundle}.zip"
        packed.write_bytes(self.stage.downloads("elif", f"audit/v1/bundles/{bundle}"))
        at = self.home / bundle
        with zipfile.ZipFile(packed) as archive:
            archive.extractall(at)
        _runs("-I", at / "verify.py", at, "--key", self.key, *told)
        return at


def _runs(*words: str | Path, environment: Mapping[str, str] = MappingProxyType({})) -> None:
    """The program ends with 0."""
    done = subprocess.run(
        [sys.executable, *words], capture_output=True, text=True, env=environment, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def _waits_for_what_is_owed(her: hers.Told, asked: str) -> None:
    """While something is ordered for her and not paid, her name is needed, and that is said."""
    buying.award(her.scene, hers.PURCHASE)
    commitment = paying.order(her.scene, hers.PURCHASE)
    owed = f"intake/v1/subjects/{her.person}/obligations"
    her.stage.awaits("sofia", owed, lambda seen: bool(seen["open"]), "intake to hear of the order")
    her.stage.is_refused(
        "sofia",
        "tried to have her erased",
        f"{asked}/approve-erasure",
        {"kinds": KINDS},
        "MoneyOutstanding",
    )
    paying.deliver(her.scene, hers.PURCHASE, commitment)
    bill = paying.invoice(her.stage, hers.PURCHASE, commitment)
    payment = paying.request(her.stage, commitment, bill)
    paying.sign(her.stage, hers.PURCHASE, payment)
    her.scene.paid.append(paying.pay(her.stage, payment)["payment"])
    her.stage.awaits("sofia", owed, lambda seen: not seen["open"], "intake to hear of its end")


def _shown(her: hers.Told) -> Json:
    """What her counsellor is shown of who she is, and of what she said about the oven."""
    path = f"{her.scene.path}/people/{her.person}"
    who: Json = her.stage.reads("lina", path, purpose="assistance")
    said = her.stage.reads("lina", f"plans/v1/plans/{her.scene.plan['plan']}/own-words")
    if not who["values"]:
        assert who["erased"] == said["erased"] == KINDS
    shown: Json = who["values"] | said["words"]
    return shown


def _is_hers(value: object) -> bool:
    return any(each in str(value) for each in hers.VALUES.values())


def _tells_what_was_done(her: hers.Told, erasure: Json) -> None:
    """The answer that she is handed says what was erased, what is kept, why and until when."""
    letter = her.stage.reads("lina", f"intake/v1/erasures/{erasure['erasure']}/letter")["text"]
    for words in ("finished erasing", "who you are", "accounting law", "31 December 2040"):
        assert words in letter, letter


def _files(folder: Path) -> Iterator[tuple[str, bytes]]:
    """The auditor's copies: bundles, unpacked ones too."""
    yield from ((f"copy/{name}", content) for name, content in files(folder))


def _reach_where_she_is_spoken_of(her: hers.Told, places: list[tuple[str, bytes]]) -> None:
    """Her id, which nobody erases, is found in every sort of place: so her name would be, too."""
    places_of_her_id = [hit.place for hit in search([her.person], places)]
    for sort in (
        "intake.es_event",
        "plans.es_event",
        "intake.case_file",
        "audit.log_entry",
        "postgres/data/base",
        "pg_wal",
        "nats",
        "files/audit/log",
        "copy/",
        "intake/v1/events",
    ):
        assert any(sort in place for place in places_of_her_id), f"{sort} was not looked at"
    blind = [(name, content) for name, content in places if name.startswith("intake.blind_")]
    assert {hit.value for hit in search([her.person, her.child], blind)} == {her.child}
    looked_at = {name for name, _ in places}
    for sort in ("logs/", "intake.es_claim", "intake.es_snapshot", "console/payments", "openapi"):
        assert any(sort in name for name in looked_at), f"{sort} was not looked at"


def test_an_erased_person_is_nowhere_and_the_log_still_holds(
    copy: Stack, stage: Stage, tmp_path: Path
) -> None:
    told = story.told("iom-slovakia")
    log = Log(stage, tmp_path)
    buying.load_sanctions_list(stage)
    paying.delegate(stage, told["limit"])
    her = hers.begin(stage, story.prepare(stage, told))

    asked = hers.ask_to_be_erased(her)
    _waits_for_what_is_owed(her, asked)
    paid = her.scene.paid[0]

    # She is there, for whoever has the keys, and for nobody else.
    opened = [(name, f"{d.encoded} {d.value}".encode()) for name, d in disclosed(copy)]
    assert {hit.value for hit in search(hers.VALUES.values(), opened)} == set(hers.VALUES.values())
    disclosures = [d.encoded for _, d in disclosed(copy) if _is_hers(d.value)]
    assert _shown(her) != {}
    before = log.taken()

    approval = {"kinds": KINDS, "facts": {"basis": "accounting_law", "until": KEPT_UNTIL}}
    stage.does("sofia", "approved it", f"{asked}/approve-erasure", approval)
    done = stage.awaits(
        "sofia", asked, lambda seen: seen["erasure"]["stage"] == "completed", "every service"
    )
    assert done["erasure"]["outstanding"] == []
    assert done["erasure"]["disclosures"] >= len(hers.VALUES) - 1

    for name in STORED:
        database = {"HOMEWARD_DATABASE_URL": copy.databases[name].app}
        _runs("-m", "events.io.operate", "vault", environment=database)
    log.taken("--kept", before / "checkpoint")  # it continues the log as it was before
    _tells_what_was_done(her, done["erasure"])
    assert _shown(her) == {}
    assert search([hers.CHILD], [(n, str(d.value).encode()) for n, d in disclosed(copy)])

    places = [*everything(copy, stage, paid), *_files(tmp_path)]
    _reach_where_she_is_spoken_of(her, places)
    assert search(hers.VALUES.values(), places) == []
    assert search(disclosures, places, among=("UTF-8", "hex")) == []
