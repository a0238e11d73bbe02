-- Who may know of a case, or of a project that cases have a share in.

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
create table project_knowing (
    project_id text primary key,
    organisation text not null,
    run_by text not null,
    cases text[] not null
);

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

-- `reach`: for which organisation somebody asks; null: for any. What was not heard of is nobody's.
create function may_know(about text, reach text, person text, now timestamptz) returns boolean
language sql stable as $$
    select exists (
        select from (
            select organisation, run_by, array[case_id] as cases
            from case_knowing where case_id = about
            union all
            select organisation, run_by, cases from project_knowing where project_id = about
        ) known
        where (reach is null or reach in (known.organisation, known.run_by))
            and not hidden_from(person, known.cases, now)
    )
$$;
