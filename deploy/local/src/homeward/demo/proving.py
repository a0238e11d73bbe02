"""The end of the story: the auditor takes a copy of the log away and checks it offline."""

import subprocess
import sys
import time
import zipfile
from dataclasses import dataclass
from pathlib import Path

from homeward.demo.stage import FEEDS, Json, NotAsTold, Stage

SOURCES = ("intake", "plans", "vendors", "disbursement", "audit")


@dataclass(frozen=True)
class Trusted:
    """What somebody who verifies has by another way than with what they verify."""

    key: str
    """The log's verifier keys."""
    policy: str
    """Who has to have cosigned."""


def note_anchors(stage: Stage) -> Trusted:
    """The log's key and its policy, noted before anything happens."""
    stage.awaits("elif", "audit/v1/log", lambda log: bool(log["vkey"]), "the log's key")
    key = str(stage.reads("elif", "audit/v1/log")["vkey"])
    what = f"noted the log's key {key.split('+')[1]} and its witnesses"
    stage.tells(stage.name("elif"), what, "")
    return Trusted(key, stage.world.policy.read_text(encoding="utf-8"))


def await_complete_log(stage: Stage) -> None:
    """Wait until the signed log covers all that the services say they have emitted."""
    heads = {
        source: stage.reads(FEEDS, f"{source}/v1/events", after=0, limit=1)["head"]
        for source in SOURCES
    }
    log = stage.awaits(
        "elif",
        "audit/v1/log",
        lambda seen: (
            all(_entries(seen, name) >= head for name, head in heads.items())
            and seen["size"] >= sum(heads.values())
        ),
        "the signed log to cover every event",
    )
    gaps = sum(source["gaps"] for source in log["sources"])
    if gaps or log["findings"]:
        raise NotAsTold(f"the log has {gaps} gaps and findings {log['findings']}")
    stage.terminal.print(
        f"  {log['size']} events, {len(log['sources'])} sources, no gap"
        f"    checkpoint {log['size']} signed, root {log['root'][:4]}…{log['root'][-2:]}"
    )


def _entries(log: Json, name: str) -> int:
    return next((int(each["entries"]) for each in log["sources"] if each["name"] == name), 0)


def verify_offline(stage: Stage, trusted: Trusted, payment: str, folder: Path) -> None:
    """Export the log with the names of who was paid, unpack it in a folder of its own, and run the
    verifier that lies in it.
    """
    bundle = stage.does("elif", "took a copy of the log", "audit/v1/bundles")["bundle"]
    stage.tells(stage.name("elif"), "asked for it with the names of who was paid", "")
    packed = stage.asks_for("elif", f"audit/v1/bundles/{bundle}/disclose", {"purpose": "audit"})
    copy = folder / bundle
    copy.mkdir(parents=True)
    (folder / f"{bundle}.zip").write_bytes(packed)
    with zipfile.ZipFile(folder / f"{bundle}.zip") as archive:
        archive.extractall(copy)
    policy = folder / f"{bundle}.policy"
    policy.write_text(trusted.policy, encoding="utf-8")
    anchors: list[str | Path] = ["--vkey", trusted.key, "--policy", policy]
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-I", copy / "verify.py", copy, *anchors, "--why", payment],
        capture_output=True,
        text=True,
        env={},
        check=False,
    )
    seconds = time.monotonic() - began
    stage.terminal.print()
    for line in (done.stdout + done.stderr).splitlines():
        stage.terminal.print(f"  {line}", markup=False, highlight=False, soft_wrap=True)
    if done.returncode != 0:
        raise NotAsTold(f"the verifier ended with {done.returncode}")
    stage.note(f"checked in {seconds:.1f} s, offline, from {copy}")
