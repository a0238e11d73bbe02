-- Whether one of these cases is restricted and somebody has no need to know of it.

create function hidden_from(person text, abouts text[], now timestamptz) returns boolean
language sql stable as $$
    select exists (
        select from case_knowing known
        where known.case_id = any(abouts) and known.restricted and known.counsellor <> person
            and not exists (
                select from case_reader reader
                where reader.case_id = known.case_id and reader.person_id = person
                    and (reader.until is null or now < reader.until))
    )
$$;
