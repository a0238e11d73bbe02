-- Projects that several cases, or a community, share in.

create table project (
    project_id text primary key,
    organisation text not null,
    run_by text not null,
    stage text not null,
    cases text[] not null,
    version integer not null,
    state text not null
);
create index project_by_case on project using gin (cases);
create index project_by_stage on project (stage, project_id);
