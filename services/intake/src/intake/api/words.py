"""The texts that clients send: how long they are, and what they may not hold."""

from typing import Annotated

from pydantic import Field

from events.io.http import READABLE
from events.values import Code

Name = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^\S(.*\S)?$"), READABLE]
"""Any script, one name or several; not blank, no line break."""
Phone = Annotated[str, Field(pattern=r"^\+?[0-9][0-9 ()/-]{3,30}$")]
Country = Annotated[Code, Field(pattern="^[A-Z]{2}$", description="ISO 3166-1 alpha-2")]
Language = Annotated[Code, Field(pattern="^[a-z]{2,3}(-[A-Za-z]{2,8})?$", description="BCP 47")]
Script = Annotated[Code, Field(pattern="^[A-Z][a-z]{3}$", description="ISO 15924")]
Number = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9 ./-]{0,40}$")]
"""Of a document, as it is printed."""
Line = Annotated[str, Field(min_length=1, max_length=300, pattern=r"^\S(.*\S)?$"), READABLE]
Words = Annotated[
    str, Field(min_length=1, max_length=8000, pattern=r"^[^\x00-\x08\x0b-\x1f\x7f]+$")
]
"""As somebody said it, in any script, line breaks kept."""
