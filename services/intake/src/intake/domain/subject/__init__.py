"""A data subject: whom we hold personal values about, what bans erasing them, and their erasure.

    requested -> approved -> completed        the keys are destroyed in every service in between
              -> refused

One stream per person, so that a hold and an approval cannot miss one another. Who asked for an
erasure does not approve it; who placed a hold does not lift it. What is kept is kept with a legal
basis and an end, and the answer says so (GDPR articles 12 and 17).
"""

from collections.abc import Sequence
from typing import assert_never

from events.decider import Decider
from intake.domain.subject import erasing, holding
from intake.domain.subject.state import Subject

SubjectRequest = holding.Request | erasing.Request
SubjectEvent = holding.Fact | erasing.Fact


def decide(command: SubjectRequest, subject: Subject | None) -> Sequence[SubjectEvent]:
    if isinstance(command, holding.Request):
        return holding.decide(command, subject)
    if isinstance(command, erasing.Request):
        return erasing.decide(command, subject)
    assert_never(command)


def evolve(subject: Subject | None, event: SubjectEvent) -> Subject:
    before = subject or Subject(id=event.person)
    if isinstance(event, holding.Fact):
        return holding.evolve(before, event)
    if isinstance(event, erasing.Fact):
        return erasing.evolve(before, event)
    assert_never(event)


subject = Decider(decide=decide, evolve=evolve)
