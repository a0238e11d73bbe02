"""What a client is told when another request was faster: what happened, in their words."""

import msgspec

from events.io.http.api import Api
from events.io.http.app import problem_of
from events.ports import Claim, ClaimTaken


def told(scope: str, **taken: str) -> str:
    api = Api("bakery", taken=taken)
    problem = problem_of(ClaimTaken(Claim(scope, "itm_1")), {}, api.taken)
    body = msgspec.json.decode(problem.response("t").body)
    assert (body["status"], body["code"], body["scope"]) == (409, "claim_taken", scope)
    assert "itm_1" not in str(body)
    detail: str = body["detail"]
    return detail


def test_a_service_says_what_each_claim_means() -> None:
    said = told("loaf_of_the_day", loaf_of_the_day="Somebody has baked today already.")
    assert said == (
        "Somebody has baked today already."
        " Nothing of yours was stored: look at what stands there now."
    )
    assert told("document").startswith("This document is being put on file by another request.")


def test_what_is_not_said_is_named() -> None:
    assert told("loaf_of_the_day").startswith("Another request was faster (loaf of the day).")
