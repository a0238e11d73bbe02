-- Whose data subjects somebody reaches: those of the cases that they reach, and the vendors that
-- their organisation proposed (null: not known from before).

alter table subject_vendor add column organisation text;

-- `answers`: for the data of the organisation, also of cases that few need to know of; `audits`:
-- every organisation, but no restricted case.
create function reaches_subject(
    subject text, by_organisation text, who text, at_time timestamptz,
    answers boolean, audits boolean
) returns boolean
language sql stable as $$
    select exists (
        select from subject_vendor v
        where v.vendor_id = subject
            and (audits or coalesce(v.organisation, by_organisation) = by_organisation)
    ) or exists (
        select from subject_case s join case_file f using (case_id)
        where s.person_id = subject and case
            when by_organisation in (f.organisation, f.run_by)
                then answers or may_know(f, who, at_time)
            else audits and not f.restricted
        end
    )
$$;
