"""Programme files, checked before anything starts."""

from pathlib import Path

from homeward.processes import CannotStart
from plans import programme


def check(home: Path, files: list[Path]) -> None:
    """`CannotStart` with every mistake: the file, the line, the field, what to write instead."""
    mistakes: list[str] = []
    for file in files:
        name = str(file.relative_to(home)) if file.is_relative_to(home) else str(file)
        try:
            read = programme.parse(file.read_text(encoding="utf-8"), name)
        except (OSError, UnicodeDecodeError) as error:
            raise CannotStart(f"{name} cannot be read: {error}") from None
        if isinstance(read, list):
            mistakes += map(str, read)
    if mistakes:
        raise CannotStart("\n".join(mistakes))
