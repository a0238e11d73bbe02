"""What FastAPI is told about an operation, for the OpenAPI description."""

from collections.abc import Sequence
from typing import Any

from fastapi import FastAPI, Response
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute

from events.io.http.operation import Operation
from events.io.http.problems import PROBLEM_JSON

VERSION = "1"
"""Of the API, as its paths begin with `/v1`."""


def describe(operation: Operation) -> dict[str, Any]:
    """The arguments of FastAPI's route: all of the documentation, none of the work."""
    function = operation.function
    doc = (function.__doc__ or "").strip()
    if not doc:
        raise TypeError(f"{operation.path}: its docstring is its summary")
    summary, _, description = doc.partition("\n")

    async def shown() -> None:
        raise AssertionError("FastAPI describes the operation, it does not call it")

    shown.__signature__ = operation.documented  # type: ignore[attr-defined]
    shown.__name__ = getattr(function, "__name__", "operation")
    success = (
        202 if operation.files and operation.files.later else 201 if operation.created else 200
    )
    body = {"requestBody": operation.files.described()} if operation.files else {}
    problems = {status: _problem(text) for status, text in _problems(operation).items()}
    return {
        "endpoint": shown,
        "methods": [operation.method],
        "summary": summary.rstrip("."),
        "description": description.strip() or summary,
        "operation_id": shown.__name__,
        "status_code": success,
        "response_model": operation.answers,
        "responses": problems | _document(operation),
        "response_class": Response if operation.gives else JSONResponse,
        "openapi_extra": {
            "security": [{"access_token": []}],
            "parameters": _headers(operation),
            "x-roles": sorted(operation.allows),
            **body,
        },
    }


def _problems(operation: Operation) -> dict[int, str]:
    told = {
        400: "The request is malformed",
        401: "No valid access token",
        403: "None of the person's roles may do this",
        404: "There is no such thing",
        500: "The service is wrong",
        503: "The service is not ready",
    }
    if operation.method == "POST":
        told |= {
            409: "It conflicts with what stands",
            413: "The body is too large",
            415: "The body is not JSON",
            422: "The fields do not fit, or the domain refused",
        }
    if operation.conditional:
        told |= {412: "It has changed since you looked", 428: "If-Match is missing"}
    return dict(sorted(told.items()))


def _document(operation: Operation) -> dict[int, Any]:
    """What is given that is no JSON."""
    if not operation.gives:
        return {}
    content = {"schema": {"type": "string", "format": "binary"}}
    return {
        200: {"description": "The document", "content": dict.fromkeys(operation.gives, content)}
    }


def _problem(description: str) -> dict[str, Any]:
    return {
        "description": description,
        "content": {PROBLEM_JSON: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }


def _headers(operation: Operation) -> list[dict[str, Any]]:
    headers = []
    if operation.keyed:
        headers.append(
            _header(
                "Idempotency-Key",
                "A fresh key for each request, the same again for its repetition.",
                "8e03978e-40d5-43e8-bc93-6894a57f9324",
            )
        )
    if operation.conditional:
        headers.append(_header("If-Match", "The ETag of what you saw.", '"3"'))
    return headers


def _header(name: str, description: str, example: str) -> dict[str, Any]:
    return {
        "name": name,
        "in": "header",
        "required": True,
        "description": description,
        "schema": {"type": "string", "maxLength": 128},
        "example": example,
    }


def description(title: str, operations: Sequence[Operation]) -> dict[str, Any]:
    """The OpenAPI 3.1 description."""
    app = FastAPI(title=title, version=VERSION)
    app.router.routes[:] = [APIRoute(each.path, **describe(each)) for each in operations]
    return _complete(app.openapi())


def _complete(schema: dict[str, Any]) -> dict[str, Any]:
    """Add what all operations share: how to sign in, what a problem looks like."""
    components = schema.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    schemas["Problem"] = _PROBLEM_SCHEMA
    for path in schema["paths"].values():
        for method, operation in path.items():
            if method == "get":  # FastAPI's own; a bad query is a 400 here
                operation["responses"].pop("422", None)
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    components["securitySchemes"] = {
        "access_token": {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "JWT",
            "description": "A token of the issuer: 15 minutes, signed with EdDSA.",
        }
    }
    schema["info"]["license"] = {"name": "Apache-2.0", "identifier": "Apache-2.0"}
    return schema


_TEXT = {"type": "string"}
_PROBLEM_SCHEMA: dict[str, Any] = {
    "title": "Problem",
    "description": "RFC 9457. A refusal by the domain also has `rule` and `facts`.",
    "type": "object",
    "required": ["type", "title", "status", "detail", "code", "trace_id"],
    "properties": {
        "type": {"type": "string", "format": "uri-reference"},
        "title": _TEXT,
        "status": {"type": "integer", "minimum": 400, "maximum": 599},
        "detail": _TEXT,
        "code": _TEXT,
        "trace_id": {"type": "string", "pattern": "^[0-9a-f]{32}$"},
        "rule": _TEXT,
        "facts": {"type": "object"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["code", "detail"],
                "properties": {
                    "pointer": {"type": "string", "format": "json-pointer"},
                    "parameter": _TEXT,
                    "code": _TEXT,
                    "detail": _TEXT,
                },
            },
        },
    },
}
