"""Who is shown a vendor's name and number, and that it is kept who was."""

import pytest
from services.vendors.tests.people import ACCOUNT, NADIA, NOON, OVENS, SAMIR
from services.vendors.tests.test_account import approved_vendor, called, proposed

from events.personal import Kind
from events.roles import Role
from events.scenario import scenario
from events.values import PersonId
from vendors.domain.account import account
from vendors.domain.account.refusals import NoSuchAccount
from vendors.domain.reading import (
    PAYER,
    NotYourPurpose,
    PersonalDataRead,
    Purpose,
    ReadPersonalData,
    reading,
)

ITS_ACCOUNT = account.fold([proposed(), called])


def read(by: PersonId, role: Role, purpose: Purpose) -> ReadPersonalData:
    return ReadPersonalData(
        by=by,
        at=NOON,
        vendor=approved_vendor,
        account=ITS_ACCOUNT,
        wants_account=True,
        purpose=purpose,
        roles=frozenset({role}),
    )


@pytest.mark.parametrize(
    ("by", "role", "purpose"),
    [
        (PAYER, Role.SERVICE, Purpose.PAYMENT),
        (SAMIR, Role.CALLBACK_CALLER, Purpose.CALL_BACK),
        (NADIA, Role.VENDOR_OFFICER, Purpose.DUE_DILIGENCE),
    ],
)
def test_who_has_the_purpose_reads_and_it_is_kept(
    by: PersonId, role: Role, purpose: Purpose
) -> None:
    scenario(reading).when(read(by, role, purpose)).then(
        PersonalDataRead(
            by=by,
            at=NOON,
            person=OVENS,
            account=ACCOUNT,
            kinds=(Kind.CONTACT, Kind.IDENTITY),
            purpose=purpose,
        )
    )


@pytest.mark.parametrize(
    ("by", "role", "purpose"),
    [
        (NADIA, Role.FINANCE_OFFICER, Purpose.PAYMENT),
        (PersonId("per_svc_plans"), Role.SERVICE, Purpose.PAYMENT),
        (NADIA, Role.VENDOR_OFFICER, Purpose.CALL_BACK),
        (NADIA, Role.COUNSELLOR, Purpose.DUE_DILIGENCE),
    ],
)
def test_nobody_reads_for_another_ones_purpose(by: PersonId, role: Role, purpose: Purpose) -> None:
    scenario(reading).when(read(by, role, purpose)).then_rejected(NotYourPurpose(purpose))


def test_an_account_that_is_not_there_is_not_read() -> None:
    command = ReadPersonalData(
        by=PAYER,
        at=NOON,
        vendor=approved_vendor,
        account=None,
        wants_account=True,
        purpose=Purpose.PAYMENT,
        roles=frozenset({Role.SERVICE}),
    )
    scenario(reading).when(command).then_rejected(NoSuchAccount())
