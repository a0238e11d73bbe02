-- Whose cases they are, as intake told: who may read what was done in them.

create table case_fact (
    case_id text primary key,
    organisation text not null,  -- keeps it
    run_by text not null         -- runs its programme
);
