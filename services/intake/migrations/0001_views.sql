-- The read models. Each row holds a state folded from events; the columns beside it are for finding.

create table case_file (
    case_id text primary key,
    organisation text not null,
    run_by text not null,
    office text not null,
    stage text not null,
    version integer not null,
    state text not null
);
create index case_file_by_office on case_file (office, case_id);
create index case_file_by_stage on case_file (stage, case_id);

create table programme_version (
    programme_id text not null,
    version integer not null,
    terms text not null,
    primary key (programme_id, version)
);
