"""A tree that a reader can keep in mind: short functions, short files, names that say something."""

import ast
from pathlib import Path

from tests.architecture.tree import ROOT, long_functions, modules

FILE_LINES = 500
FUNCTION_LINES = 70
ONE_FILE = {"services/audit/src/audit/verify.py": 3040}
"""The offline verifier is one file, so that an auditor can read it and carry it around: signatures,
policy, tree, entries, disclosures, duties, tables, each of it said once and all of it in there."""
SAY_NOTHING = {"utils", "util", "common", "helpers", "helper", "manager", "misc", "base"}


def long_files(root: Path) -> list[str]:
    return [
        f"{path.relative_to(root)} ({lines})"
        for path in modules(root)
        if (lines := len(path.read_text(encoding="utf-8").splitlines()))
        > ONE_FILE.get(path.relative_to(root).as_posix(), FILE_LINES)
    ]


def named_for_nothing(root: Path) -> list[str]:
    return [str(path.relative_to(root)) for path in modules(root) if path.stem in SAY_NOTHING]


def leans_on_tests(tree: ast.AST) -> bool:
    """Whether the module imports from a folder of tests."""
    return any(
        isinstance(node, ast.ImportFrom) and "tests" in (node.module or "").split(".")
        for node in ast.walk(tree)
    )


def test_no_file_is_longer_than_500_lines() -> None:
    assert not long_files(ROOT)


def test_no_function_is_longer_than_70_lines() -> None:
    long = [
        f"{path.relative_to(ROOT)}: {name}"
        for path in modules()
        for name in long_functions(ast.parse(path.read_text(encoding="utf-8")), FUNCTION_LINES)
    ]
    assert not long, long


def test_no_module_is_named_for_nothing() -> None:
    assert not named_for_nothing(ROOT)


def test_a_file_of_501_lines_and_one_named_for_nothing_would_be_seen(tmp_path: Path) -> None:
    (tmp_path / "libs").mkdir()
    (tmp_path / "libs/paying.py").write_text("pass\n" * 500)
    (tmp_path / "libs/utils.py").write_text("pass\n" * 501)
    assert long_files(tmp_path) == ["libs/utils.py (501)"]
    assert named_for_nothing(tmp_path) == ["libs/utils.py"]


def test_a_function_of_71_lines_would_be_seen() -> None:
    body = "\n".join("    pass" for _ in range(70))
    assert list(long_functions(ast.parse(f"def long():\n{body}\n"), FUNCTION_LINES)) == [
        "long (71)"
    ]
    assert not list(long_functions(ast.parse("def short():\n    pass\n"), FUNCTION_LINES))


def test_what_measures_does_not_lean_on_tests() -> None:
    """What both need is in `specimens`."""
    apart = [ROOT / "bench", ROOT / "specimens"]
    leaning = [
        str(path.relative_to(ROOT))
        for path in modules()
        if any(path.is_relative_to(each) for each in apart)
        and leans_on_tests(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert not leaning
    assert leans_on_tests(ast.parse("from services.audit.tests.conftest import desk"))
