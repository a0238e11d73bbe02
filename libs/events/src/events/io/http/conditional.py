"""A client that has an answer already is not sent it again (RFC 9110, 13.1.2)."""

from fastapi import Response
from starlette.status import HTTP_200_OK

READS = frozenset({"GET", "HEAD"})
KEPT = ("ETag", "Cache-Control")
"""What is said of the answer all the same."""


def unless_known(response: Response, method: str, has: bytes | None) -> Response:
    """The answer, or 304 where `has`, the request's If-None-Match, names its ETag."""
    tag = response.headers.get("ETag")
    if not has or tag is None or method not in READS or response.status_code != HTTP_200_OK:
        return response
    known = {each.strip().removeprefix("W/") for each in has.decode("latin-1").split(",")}
    if known.isdisjoint({tag, "*"}):
        return response
    said = {name: response.headers[name] for name in KEPT if name in response.headers}
    return Response(status_code=304, headers=said)
