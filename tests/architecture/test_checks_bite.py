"""Each tool, with our own configuration, refuses a small tree that breaks one of our rules."""

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.architecture.tree import ROOT

SECONDS = 60
"""Each takes about one; this is for a machine that is busy."""


def refused(folder: Path, tool: str, *arguments: str | Path) -> str:
    """What the tool says of what is in the folder; empty when it finds nothing wrong."""
    done = subprocess.run(
        [Path(sys.executable).with_name(tool), *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    said = done.stdout + done.stderr
    assert done.returncode in (0, 1), said
    return said if done.returncode else ""


UNTYPED = "def shown(x):\n    return x\n"
TYPED = "def shown(x: int) -> int:\n    return x\n"

# ruff

CLOCK = """from datetime import UTC, datetime


def now() -> datetime:
    return datetime.now(tz=UTC)
"""
CLOCK_GIVEN = """from datetime import datetime

from events.ports import Clock


def now(clock: Clock) -> datetime:
    return clock.now()
"""
CHANCE = """import random


def chosen(names: list[str]) -> str:
    return random.choice(names)
"""
CHOSEN = """def chosen(names: list[str]) -> str:
    return min(names)
"""
NAMED = """from uuid import uuid4


def made() -> str:
    return str(uuid4())
"""
NAMED_BY_IDS = """from events.ports import Ids


def made(ids: Ids) -> str:
    return ids.new("pay")
"""


@pytest.mark.parametrize(
    ("wrong", "rule", "right"),
    [
        (CLOCK, "Take the time from the Clock.", CLOCK_GIVEN),
        (CHANCE, "Randomness comes from Ids", CHOSEN),
        (NAMED, "Take ids from Ids.", NAMED_BY_IDS),
        (UNTYPED, "ANN001", TYPED),
    ],
    ids=["the clock", "chance", "uuid4", "no types"],
)
def test_ruff_bites(tmp_path: Path, wrong: str, rule: str, right: str) -> None:
    (tmp_path / "__init__.py").touch()
    module = tmp_path / "paying.py"
    check = ("check", "--no-cache", "--config", ROOT / "pyproject.toml", ".")
    module.write_text(wrong, "utf-8")
    assert rule in refused(tmp_path, "ruff", *check)
    module.write_text(right, "utf-8")
    assert refused(tmp_path, "ruff", *check) == ""


def test_the_formatter_bites(tmp_path: Path) -> None:
    module = tmp_path / "paying.py"
    check = ("format", "--check", "--no-cache", "--config", ROOT / "pyproject.toml", ".")
    module.write_text("amount = { 'minor' : 5 }\n", "utf-8")
    assert "paying.py" in refused(tmp_path, "ruff", *check)
    module.write_text('amount = {"minor": 5}\n', "utf-8")
    assert refused(tmp_path, "ruff", *check) == ""


# mypy

BARE = """from events.values import PaymentId


def payment_named(text: str) -> PaymentId:
    return text
"""
NEXT_STAGE = """from typing import assert_never

from events.roles import Role


def said(role: Role) -> str:
    if role is Role.AUDITOR:
        return "looks"
    assert_never(role)
"""
ALL_STAGES = """from events.roles import Role


def said(role: Role) -> str:
    if role is Role.AUDITOR:
        return "looks"
    return "acts"
"""


@pytest.mark.parametrize(
    ("wrong", "rule", "right"),
    [
        (BARE, "return-value", BARE.replace("return text", "return PaymentId(text)")),
        (NEXT_STAGE, 'Argument 1 to "assert_never"', ALL_STAGES),
        (
            "def read(x):\n    return x\n",
            "no-untyped-def",
            "def read(x: int) -> int:\n    return x\n",
        ),
    ],
    ids=["a bare text for an id", "a case left out", "no types"],
)
def test_mypy_bites(tmp_path: Path, wrong: str, rule: str, right: str) -> None:
    module = tmp_path / "paying.py"
    check = ("--config-file", "pyproject.toml", "--cache-dir", tmp_path / "cache", module)
    module.write_text(wrong, "utf-8")
    assert rule in refused(ROOT, "mypy", *check)
    module.write_text(right, "utf-8")
    assert refused(ROOT, "mypy", *check) == ""


# import-linter


@pytest.fixture
def stubs(tmp_path: Path) -> Path:
    """Every module of ours that a contract can name, without anything in it."""
    (tmp_path / "pyproject.toml").write_bytes((ROOT / "pyproject.toml").read_bytes())
    ours = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]
    for package in ours["root_packages"]:
        [source] = (path for path in ROOT.glob(f"*/*/src/{package}") if path.is_dir())
        for module in source.rglob("*.py"):
            stub = tmp_path / module.relative_to(source.parent)
            stub.parent.mkdir(parents=True, exist_ok=True)
            stub.touch()
    return tmp_path


@pytest.mark.parametrize(
    ("module", "line", "contract"),
    [
        ("disbursement/domain/grant.py", "import asyncpg", "A domain is pure"),
        ("plans/domain/plan/rules.py", "import events.io.http", "A domain is pure"),
        ("vendors/views.py", "import intake.views", "Services are independent"),
        ("events/money.py", "import plans.domain", "The library knows no service"),
        ("intake/main.py", "import homeward", "The library knows no service"),
        ("events/decider.py", "import httpx", "The library's pure half"),
        ("events/handler.py", "import events.io.keys", "The library's pure half"),
        ("disbursement/domain/payment/rules.py", "import disbursement.views", "Inside a service"),
        ("disbursement/policies.py", "import disbursement.gateways", "Inside a service"),
        ("intake/views/cases.py", "import intake.api", "Inside a service"),
        ("console/backend.py", "import console.pages", "The console"),
    ],
)
def test_import_linter_bites(stubs: Path, module: str, line: str, contract: str) -> None:
    (stubs / module).write_text(f"{line}\n", "utf-8")
    said = " ".join(refused(stubs, "lint-imports", "--no-cache").split())
    assert contract in said.partition("Broken contracts")[2], said
    (stubs / module).write_text("", "utf-8")
    assert refused(stubs, "lint-imports", "--no-cache") == ""
