"""What a client is told when the log's copy is not what was signed, and who else is told of it."""

from audit.api.declared import api
from audit.checking.telling import Teller
from audit.log.logged import BrokenLog
from events.io.http import Desk, Problem


@api.trouble(BrokenLog)
async def tell_broken(broken: BrokenLog, desk: Desk) -> Problem:
    """Nothing is shown that cannot be proven. It is a difference at once, before the next pass."""
    assert desk.view is not None, "whoever shows entries has a database"
    entry = broken.at if broken.part == "log" else None
    await Teller(desk.handler, desk.view).differs(broken.part, broken.kind, broken.at, entry=entry)
    return Problem("not_as_signed", f"The log's copy here is not what was signed: {broken}.")
