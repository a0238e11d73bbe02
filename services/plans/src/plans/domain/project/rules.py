"""What a project answers to a request."""

from collections.abc import Sequence
from typing import assert_never

from plans.domain.project import agreeing, judging, proposing
from plans.domain.project import requests as ask
from plans.domain.project.facts import ProjectEvent
from plans.domain.project.refusals import NoSuchProject
from plans.domain.project.state import Project


def decide(command: ask.AnyProjectCommand, project: Project | None) -> Sequence[ProjectEvent]:
    if isinstance(command, ask.ProposeProject):
        return [proposing.propose(command, project)]
    if project is None or not project.reached_by(command.organisation):
        raise NoSuchProject(command.organisation)
    match command:
        case ask.ProposeProjectItem():
            return [proposing.add(command, project)]
        case ask.RemoveProjectItem():
            return [proposing.remove(command, project)]
        case ask.RecordProjectDocument():
            return [proposing.document(command, project)]
        case ask.SetShares():
            return [agreeing.share_out(command, project)]
        case ask.SignShare():
            return [agreeing.sign(command, project)]
        case ask.SubmitProject():
            return [agreeing.submit(command, project)]
        case ask.WithdrawShare():
            return [agreeing.withdraw(command, project)]
        case ask.ConfirmProject():
            return [judging.confirm(command, project)]
        case ask.ReturnProject():
            return [judging.give_back(command, project)]
        case ask.DeclareProjectConflict():
            return judging.declare(command, project)
        case ask.ApproveProject():
            return judging.approve(command, project)
        case ask.RejectProject():
            return judging.reject(command, project)
        case ask.CancelProject():
            return [judging.cancel(command, project)]
        case ask.HandOverProject():
            return [judging.hand_over(command, project)]
        case _:
            assert_never(command)
