"""The answer to a data subject, to be read and handed over: what was erased, what is kept and why.

It names nobody: whoever hands it over knows whom it is for.
"""

from collections.abc import Iterator
from datetime import date

from intake.domain.subject.kinds import IN_WORDS, Stage
from intake.domain.subject.state import Erasure

RIGHTS = (
    "If you do not agree, you can complain to us, to the data protection authority of your"
    " country, or go to court (GDPR articles 12(4), 77 and 79)."
)
WITHOUT_A_NAME = (
    "Facts about money (amounts, dates, what was bought from which vendor, the decisions about it)"
    " under a number that no longer leads to your name"
)
BANK_PAPERS = (
    "What we told the bank in order to pay you, with your name and account, what the bank answered,"
    " and the facts about what was bought from you"
)


def letter(erasure: Erasure) -> str:
    """The whole answer, as lines of plain text."""
    return "\n".join(_lines(erasure)) + "\n"


def _lines(erasure: Erasure) -> Iterator[str]:
    yield f"Your request of {_day(erasure.received)} that we erase what we hold about you"
    yield f"Reference: {erasure.id}"
    yield ""
    match erasure.stage:
        case Stage.REQUESTED:
            yield f"We are examining your request and answer by {_day(erasure.answer_by)}."
            return
        case Stage.REFUSED:
            assert erasure.legal_basis is not None, "a refusal has a legal basis"
            yield "We have not erased anything."
            yield f"Legal basis: {erasure.legal_basis.law}."
        case Stage.APPROVED:
            yield "We have decided to erase the following. It is being done."
            yield from _erased(erasure)
            yield f"Still to confirm: {', '.join(erasure.outstanding)}."
        case Stage.COMPLETED:
            assert erasure.completed is not None
            yield f"On {_day(erasure.completed)} we finished erasing the following."
            yield from _erased(erasure)
            yield "Nobody can read it any more, not from backups either once these have aged out."
    yield from _kept(erasure)
    yield ""
    yield RIGHTS


def _erased(erasure: Erasure) -> Iterator[str]:
    for kind in erasure.kinds:
        yield f"- {IN_WORDS[kind]}"


def _kept(erasure: Erasure) -> Iterator[str]:
    if not erasure.kept and erasure.kept_facts is None:
        return
    yield ""
    yield "We keep the following."
    for kept in erasure.kept:
        yield f"- {IN_WORDS[kept.kind]}"
        yield f"  Legal basis: {kept.reason.law}."
        until = "until that is over" if kept.until is None else f"until {_day(kept.until)}"
        yield f"  We keep it {until}; you can ask again then."
    if erasure.kept_facts is not None:
        is_vendor = erasure.person.startswith("ven_")
        yield f"- {BANK_PAPERS if is_vendor else WITHOUT_A_NAME}."
        yield f"  Legal basis: {erasure.kept_facts.basis.law}."
        yield f"  We keep it until {_day(erasure.kept_facts.until)}."


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
