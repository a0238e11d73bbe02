-- Whether the money for a plan, an emergency or a project is kept, as disbursement tells it.

create table plan_funds (
    plan_id text primary key,
    short boolean not null,
    state text not null
);
create index plan_short_of_funds on plan_funds (plan_id) where short;

-- A programme's versions now tell their budget lines: its view is filled anew.
truncate programme;
update es_tracking set pos = 0 where consumer = 'programme';
