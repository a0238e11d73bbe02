"""The tree as the architecture tests see it: our own Python files."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
FOLDERS = ("libs", "services", "deploy", "tests", "bench", "specimens")


def modules(root: Path = ROOT) -> Iterator[Path]:
    """Every Python file of ours."""
    for folder in FOLDERS:
        yield from sorted((root / folder).rglob("*.py"))


def long_functions(tree: ast.AST, most_lines: int) -> Iterator[str]:
    """Each function that is longer, docstring and signature included, as `name (lines)`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            if lines > most_lines:
                yield f"{node.name} ({lines})"
