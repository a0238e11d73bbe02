"""What a page may hold: the JSON Schema beside this module, its refusals in plain words."""

import difflib
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema

from plans.page import Mistake, Page

SCHEMA = json.loads((Path(__file__).parent / "programme.schema.json").read_text(encoding="utf-8"))
_checker = jsonschema.Draft202012Validator(
    SCHEMA, format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER
)
_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)?", re.ASCII)
SHOWN_MAX = 60


def against_schema(page: Page) -> Iterator[Mistake]:
    for error in _checker.iter_errors(page.data):
        place = tuple(error.absolute_path)
        known = _part(error)
        match error.validator:
            case "additionalProperties":
                for name in error.instance.keys() - known["properties"].keys():
                    yield page.mistake((*place, name), _unknown(name, known["properties"]))
            case "required":
                for name in known["required"]:
                    if name not in error.instance:
                        yield page.mistake(place, f"lacks {name}; add it")
            case "propertyNames":
                yield page.mistake(place, f"{shown(error.instance)} cannot be a name here")
            case "dependentRequired":
                yield page.mistake(place, f"{error.message.replace(chr(39), '')}; add it")
            case _:
                yield page.mistake(place, _instead(error))


def _part(error: jsonschema.ValidationError) -> dict[str, Any]:
    """The part of the schema that was not kept to."""
    assert isinstance(error.schema, dict)
    return error.schema


def _unknown(name: str, known: dict[str, Any]) -> str:
    near = difflib.get_close_matches(name, known, n=1)
    return f"is not known here; write {near[0] if near else 'one of ' + ', '.join(known)}"


def _instead(error: jsonschema.ValidationError) -> str:
    value = error.instance
    if not error.absolute_path and error.validator == "type":
        return f"{shown(value)} is not right; write parts with their names, such as title: ..."
    known = _part(error)
    if known.get("pattern") == SCHEMA["$defs"]["money"]["pattern"] and _NUMBER.fullmatch(
        str(value)
    ):
        return f'"{value}" has no currency; write it as "{value} EUR"'
    wanted = known.get("description")
    return f"{shown(value)} is not right; write {wanted}" if wanted else f"is {error.message}"


def shown(value: object) -> str:
    """What stands there, cut short, for a mistake to name it."""
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= SHOWN_MAX else f"{text[: SHOWN_MAX - 3]}..."
