-- How each programme pays, and the people that a payment takes under its rules.

create table paying_fact (
    programme_id text not null,
    version integer not null,
    paying text not null,
    added_up_over_days integer not null,
    advances text not null,  -- by type of assistance
    primary key (programme_id, version)
);

-- In a small office who certified may sign, once; a large sum has a second approver. Never one
-- person: certifier and approver, approver and signatory, the two signatories (D3).
alter table payment_duty
    add column second_approver text,
    add column certifier_may_sign boolean not null default false,
    add column second_approval boolean not null default false,
    drop constraint payment_duty_check2,
    drop constraint payment_duty_check3,
    add constraint another_approves_again
        check (second_approver not in (requester, certifier, approver)),
    add constraint signatory_1_is_another check (
        signatory_1 not in (requester, approver)
        and (certifier_may_sign or signatory_1 <> certifier)),
    add constraint signatory_2_is_another check (
        signatory_2 not in (requester, approver, signatory_1)
        and (certifier_may_sign or signatory_2 <> certifier)),
    add constraint approved_again_by_no_signatory check (
        second_approver is null
        or (signatory_1 is distinct from second_approver
            and signatory_2 is distinct from second_approver)),
    add constraint approved_twice_before_signed
        check (not second_approval or second_approver is not null or signatory_1 is null);
