-- Whoever counsels a case, or ever did.
create table counsellor_fact (
    case_id text not null,
    person_id text not null,
    primary key (case_id, person_id)
);

-- None of them takes a duty in its payments from then on, whatever a program would write (D7).
alter table payment_duty add column counsellors text[] not null default '{}';
create function no_duty_of_counsellors() returns trigger language plpgsql as $$
begin
    if (new.certifier is distinct from old.certifier and new.certifier = any(new.counsellors))
        or (new.approver is distinct from old.approver and new.approver = any(new.counsellors))
        or (new.second_approver is distinct from old.second_approver
            and new.second_approver = any(new.counsellors))
        or (new.signatory_1 is distinct from old.signatory_1
            and new.signatory_1 = any(new.counsellors))
        or (new.signatory_2 is distinct from old.signatory_2
            and new.signatory_2 = any(new.counsellors))
    then
        raise check_violation using message = 'a counsellor of the case has no duty in its payments';
    end if;
    return new;
end
$$;
create trigger no_duty_of_counsellors before update on payment_duty
    for each row execute function no_duty_of_counsellors();
