"""The end of the story: the auditor takes a copy of the log away and checks it offline."""

import json
import re
import subprocess
import sys
import time
import zipfile
from pathlib import Path

from homeward.demo.stage import FEEDS, Json, NotAsTold, Stage

SOURCES = ("intake", "plans", "vendors", "disbursement", "audit")


def note_key(stage: Stage) -> str:
    """The log's verifier key, noted before anything happens: the trust anchor."""
    stage.awaits("elif", "audit/v1/log", lambda log: bool(log["vkey"]), "the log's key")
    key = str(stage.reads("elif", "audit/v1/log")["vkey"])
    stage.tells(stage.name("elif"), f"noted the log's key {key.split('+')[1]}", "")
    return key


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


def paid_vendors(stage: Stage) -> list[str]:
    """Those that were paid, by the payments that the auditor may read."""
    payments = stage.reads("elif", "disbursement/v1/payments", limit=200)["items"]
    return sorted({pay["vendor"] for pay in payments if pay["stage"] in ("paid", "reconciled")})


def disclosures(stage: Stage, vendors: list[str]) -> str:
    """What the auditor is told of the vendors, in a form that the verifier can hold to the log."""
    told = []
    for vendor in vendors:
        what = "asked who was paid, to prove it by the log"
        path = f"vendors/v1/vendors/{vendor}/disclose"
        for given in stage.does("elif", what, path, {"purpose": "audit"})["disclosures"]:
            receipt = stage.downloads(
                "elif", f"audit/v1/log/proof?source=vendors&position={given['position']}"
            ).decode()
            index = re.search(r"^index ([0-9]+)$", receipt, re.MULTILINE)
            if index is None:
                raise NotAsTold(f"a receipt without an index: {receipt}")
            told.append({"disclosure": given["disclosure"], "entry": int(index[1])})
    return "".join(f"{json.dumps(each, separators=(',', ':'))}\n" for each in told)


def verify_offline(stage: Stage, key: str, payment: str, folder: Path) -> None:
    """Export the log, unpack it in a folder of its own, and run the verifier that lies in it."""
    names = disclosures(stage, paid_vendors(stage))
    bundle = stage.does("elif", "took a copy of the log", "audit/v1/bundles")["bundle"]
    packed = stage.downloads("elif", f"audit/v1/bundles/{bundle}")
    copy = folder / bundle
    copy.mkdir(parents=True)
    (folder / f"{bundle}.zip").write_bytes(packed)
    with zipfile.ZipFile(folder / f"{bundle}.zip") as archive:
        archive.extractall(copy)
    (copy / "disclosures.jsonl").write_text(names)
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-I", copy / "verify.py", copy, "--key", key, "--why", payment],
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
