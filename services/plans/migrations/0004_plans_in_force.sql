-- Plans live on after they are approved. A new view under a new name is built from the beginning.

drop table plan;

create table plan_state (
    plan_id text primary key,
    case_id text not null,
    organisation text not null,
    run_by text not null,
    stage text not null,
    asked text,               -- the stage of what is asked for, a first plan or an amendment
    answer_by timestamptz,    -- when that goes back unanswered
    version integer not null,
    state text not null
);
create index plan_state_by_case on plan_state (case_id, plan_id);
create index plan_state_by_stage on plan_state (stage, plan_id);
create index plan_state_by_asked on plan_state (asked, plan_id) where asked is not null;
create index plan_state_by_answer on plan_state (answer_by) where answer_by is not null;

-- What orders hold of the items of plans, as disbursement tells.
create table item_order (
    commitment_id text primary key,
    plan_id text not null,
    item_id text not null,
    held text not null,
    open boolean not null,
    settled boolean not null
);
create index item_order_by_plan on item_order (plan_id);
