"""The routes' one Api, and the words that several of its bodies use."""

from typing import Annotated

from fastapi import Response
from pydantic import Field

from events.io.http import READABLE, Answer, Api, Body
from events.values import Code
from vendors.domain.reading import Purpose

api = Api("vendors")

Country = Annotated[str, Field(pattern="^[A-Z]{2}$", description="ISO 3166-1 alpha-2.")]
Currency = Annotated[str, Field(pattern="^[A-Z]{3}$", description="ISO 4217.")]
Name = Annotated[str, Field(min_length=1, max_length=140), READABLE]
IN_LATIN = r"^[A-Za-z0-9/\-?:().,'+ ]*[A-Za-z0-9][A-Za-z0-9/\-?:().,'+ ]*$"
"""As a bank carries it: SWIFT's letters, and not its marks alone. A bank file needs it so."""
LatinName = Annotated[
    str,
    Field(max_length=140, pattern=IN_LATIN, description="As a bank carries it: SWIFT's letters."),
]
Town = Annotated[
    str,
    Field(max_length=35, pattern=IN_LATIN, description="As a bank carries it: SWIFT's letters."),
]
Phone = Annotated[
    str, Field(pattern=r"^\+[0-9][0-9 ]{5,22}$", description="With the country's code: +964 …")
]


Reasoning = Annotated[
    str, Field(min_length=20, max_length=2000, description="How this was found out. It is sealed.")
]


class ReasonBody(Body):
    reason: Code


class ReasonedBody(Body):
    reason: Code
    reasoning: Reasoning


class PurposeBody(Body):
    purpose: Purpose


def unkept(answer: Answer) -> Response:
    """Personal values, for this moment only: nobody on the way keeps a copy."""
    return Response(
        answer.model_dump_json(),
        media_type="application/json",
        headers={"Cache-Control": "no-store"},
    )
