-- Who may know of a case: its organisations, and of a restricted one those who need to.

create table case_knowing (
    case_id text primary key,
    organisation text not null,
    run_by text not null,
    counsellor text not null,
    restricted boolean not null default false
);
create table case_reader (
    case_id text not null,
    person_id text not null,
    access_id text,
    until timestamptz
);
create index case_reader_by_case on case_reader (case_id, person_id);

-- `reach`: for which organisation somebody asks; null for those whose role reaches them all, which
-- no role does for a restricted case.
create function may_know(about text, reach text, person text, now timestamptz) returns boolean
language sql stable as $$
    select exists (
        select from case_knowing known
        where known.case_id = about
            and (reach is null or reach in (known.organisation, known.run_by))
            and (not known.restricted or reach is not null and (
                known.counsellor = person or exists (
                    select from case_reader reader
                    where reader.case_id = about and reader.person_id = person
                        and (reader.until is null or now < reader.until))))
    )
$$;
