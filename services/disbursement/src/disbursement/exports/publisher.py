"""Under which names and numbers grants are published, read once."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Self

import msgspec
from msgspec import Meta


class BadPublisher(ValueError):
    """`HOMEWARD_PUBLISHER` does not say under which names and numbers to publish."""


class _Published(msgspec.Struct, forbid_unknown_fields=True):
    name: Annotated[str, Meta(min_length=1, max_length=140)]
    iati: Annotated[str, Meta(pattern=r"^[A-Z0-9][A-Za-z0-9-]{2,60}$")]
    organisation_type: Annotated[str, Meta(pattern=r"^[1-9][0-9]$")]
    sector: Annotated[str, Meta(pattern=r"^[0-9]{5}$")]
    ocds: Annotated[str, Meta(pattern=r"^ocds-[0-9a-z]{6}$")]
    home: Annotated[str, Meta(pattern=r"^https://[A-Za-z0-9./_-]{3,120}$")]


@dataclass(frozen=True)
class Publisher:
    """The organisation as those know it who read what it publishes."""

    name: str = "International Organization for Migration"
    iati: str = "XM-DAC-47066"
    """Its identifier in the registries of IATI."""
    organisation_type: str = "40"
    """In IATI's list: 40 is multilateral, 10 a government, 21 an international NGO."""
    sector: str = "15190"
    """The DAC purpose of its work: 15190 is migration."""
    ocds: str = "ocds-000000"
    """The prefix that Open Contracting gave it; this one is nobody's."""
    home: str = "https://example.org/homeward"
    """Under which address the published files are found."""

    @classmethod
    def read(cls, environment: Mapping[str, str]) -> Self:
        """From `HOMEWARD_PUBLISHER`, a JSON object of these; an example without it."""
        text = environment.get("HOMEWARD_PUBLISHER")
        if not text:
            return cls()
        try:
            told = msgspec.json.decode(text, type=_Published)
        except msgspec.MsgspecError as error:
            raise BadPublisher(f"HOMEWARD_PUBLISHER: {error}") from None
        return cls(told.name, told.iati, told.organisation_type, told.sector, told.ocds, told.home)
