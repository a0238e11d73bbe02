"""Files that come in as they are: a body that is no JSON of ours, to be worked off later."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from events.io.http.asked import Desk
from events.io.http.problems import Problem
from events.io.http.request import Raw


@dataclass(frozen=True)
class Files:
    """Which files an operation takes."""

    media: Sequence[str]
    """Their media types, in lower case."""
    max_bytes: int
    later = True
    """They are worked off after the request was answered."""

    async def read(self, raw: Raw, desk: Desk) -> tuple[bytes, "Upload"]:  # noqa: ARG002
        """What stands for the file in the request's fingerprint, and the file."""
        told, _, _ = raw.headers.get(b"content-type", b"").partition(b";")
        media = told.decode("latin-1").strip().lower()
        if media not in self.media:
            raise Problem(
                "media_type_unsupported",
                f"Send Content-Type: {' or '.join(self.media)}.",
                title="The body must be a file of another type",
                status=415,
            )
        raw.expect_no_encoding()
        content = await raw.body(self.max_bytes)
        return hashlib.sha256(content).digest(), Upload(media, content)

    def done(self, value: "Upload") -> None:
        """It goes with the request."""

    def described(self) -> dict[str, Any]:
        """As OpenAPI says it."""
        file = {"schema": {"type": "string", "format": "binary"}}
        return {"required": True, "content": dict.fromkeys(self.media, file)}


class Takes(Protocol):
    """What an operation takes in the place of a body."""

    @property
    def later(self) -> bool:
        """Whether success means that it was taken, to be worked off later."""
        ...

    async def read(self, raw: Raw, desk: Desk) -> tuple[bytes, Any]:
        """What stands for it in the request's fingerprint, and what the function is given."""
        ...

    def done(self, value: Any) -> None:
        """What the function was given is not needed any more."""
        ...

    def described(self) -> dict[str, Any]:
        """As OpenAPI says it."""
        ...


@dataclass(frozen=True, repr=False)
class Upload:
    """A file as it was sent. Nothing of it has been looked at."""

    media: str
    content: bytes
