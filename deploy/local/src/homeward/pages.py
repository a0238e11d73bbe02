"""Programme files, checked before anything starts."""

from pathlib import Path

from homeward.processes import CannotStart
from plans import programme

_SHIPPED = "A programme file is a page such as programmes/iom-slovakia.yaml."


def check(home: Path, files: list[Path]) -> None:
    """`CannotStart` with every mistake: the file, the line, the field, what to write instead."""
    mistakes: list[str] = []
    for file in files:
        name = str(file.relative_to(home)) if file.is_relative_to(home) else str(file)
        try:
            text = file.read_text(encoding="utf-8")
        except FileNotFoundError:
            raise CannotStart(f"There is no file {name}. {_SHIPPED}") from None
        except OSError as error:
            raise CannotStart(f"{name} cannot be read ({error.strerror}). {_SHIPPED}") from None
        except UnicodeDecodeError:
            raise CannotStart(
                f"{name} is not text in UTF-8. A programme is a page of YAML; save it as plain text"
                " in UTF-8."
            ) from None
        read = programme.parse(text, name)
        if isinstance(read, list):
            mistakes += map(str, read)
    if mistakes:
        raise CannotStart("\n".join(mistakes))
