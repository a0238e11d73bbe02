"""For tests: a body that a command takes, made from its schema, enough to get past its reading."""

from typing import Any

from pydantic import BaseModel

TEXTS = {
    "^[a-z]{2,5}_[0-9a-z_]{1,48}$": "xxx_1",
    "^[0-9a-f]{64}$": "a" * 64,
    "^[0-9a-f]{128}$": "a" * 128,
    "^[A-Z]{2}$": "IQ",
    "^[A-Z]{3}$": "EUR",
}


def a_body(model: type[BaseModel]) -> Any:
    """The required fields of the model, each with the simplest value that it takes."""
    schema = model.model_json_schema(by_alias=True)
    return _of(schema, schema.get("$defs", {}))


def _of(schema: dict[str, Any], known: dict[str, Any]) -> Any:
    if "$ref" in schema:
        return _of(known[schema["$ref"].rpartition("/")[2]], known)
    for choice in ("anyOf", "oneOf", "allOf"):
        if choice in schema:
            return _of(schema[choice][0], known)
    if "examples" in schema:
        return schema["examples"][0]
    if "enum" in schema:
        return schema["enum"][0]
    if "const" in schema:
        return schema["const"]
    match schema.get("type"):
        case "object":
            fields = schema.get("properties", {})
            return {name: _of(fields[name], known) for name in schema.get("required", ())}
        case "array":
            return [_of(schema["items"], known)] * schema.get("minItems", 0)
        case "integer":
            return schema.get("minimum", 1)
        case "boolean":
            return False
        case _:
            return _text(schema)


def _text(schema: dict[str, Any]) -> str:
    days = {"date": "2026-03-01", "date-time": "2026-03-01T12:00:00Z"}
    if schema.get("format") in days:
        return days[schema["format"]]
    return TEXTS.get(schema.get("pattern", ""), "2000" if "[0-9]{4}" in str(schema) else "en")
