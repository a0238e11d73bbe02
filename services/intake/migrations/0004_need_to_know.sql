-- Who may know of a restricted case, and what is still open about a case.

alter table case_file add column counsellor text not null default '';
alter table case_file add column restricted boolean not null default false;
create table case_reader (
    case_id text not null,
    person_id text not null,
    until timestamptz
);
create index case_reader_by_case on case_reader (case_id, person_id);

-- Case.known_to, in SQL: beside the reach of an organisation, which each query states.
create function may_know(file case_file, person text, now timestamptz) returns boolean
language sql stable as $$
    select not file.restricted or file.counsellor = person or exists (
        select from case_reader reader
        where reader.case_id = file.case_id and reader.person_id = person
            and (reader.until is null or now < reader.until)
    )
$$;

create table access_file (
    access_id text primary key,
    case_id text not null,
    person_id text not null,
    organisation text not null,
    stage text not null,
    version integer not null,
    state text not null
);
create index access_file_by_person on access_file (person_id, access_id);

create table transfer_file (
    transfer_id text primary key,
    case_id text not null,
    from_organisation text not null,
    to_organisation text not null,
    to_person text,
    offered_by text not null,
    stage text not null,
    version integer not null,
    state text not null
);

create table open_matter (
    kind text not null,
    matter_id text not null,
    case_id text not null,
    commitment_id text,
    open boolean not null default true,
    primary key (kind, matter_id)
);
create index open_matter_by_case on open_matter (case_id);
create index open_matter_by_commitment on open_matter (commitment_id);
