-- The read models. Each row holds a state folded from events; the columns beside it are for finding.

create table case_standing (
    case_id text primary key,
    state text not null
);

create table plan (
    plan_id text primary key,
    case_id text not null,
    organisation text not null,
    run_by text not null,
    stage text not null,
    version integer not null,
    state text not null
);
create index plan_by_case on plan (case_id, plan_id);
create index plan_by_stage on plan (stage, plan_id);

create table programme (
    programme_id text primary key,
    state text not null
);
