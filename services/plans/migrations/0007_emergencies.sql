-- Help before any plan, and until when others have to decide on it.

create table emergency_state (
    emergency_id text primary key,
    case_id text not null,
    organisation text not null,
    run_by text not null,
    stage text not null,
    authoriser text,
    ratify_by timestamptz,
    version integer not null,
    state text not null
);
create index emergency_state_by_case on emergency_state (case_id, emergency_id);
create index emergency_state_waiting on emergency_state (ratify_by) where stage = 'authorised';

-- What time and a case's fate do to its plans is found by these.
alter table case_standing add column rests boolean not null default false;
alter table case_standing add column organisation text;
alter table case_standing add column counsellor text;
alter table plan_state add column counsellor text;
alter table plan_state add column waits_for_case boolean not null default false;
