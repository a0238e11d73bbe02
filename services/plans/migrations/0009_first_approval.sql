-- When a case first had a plan approved: what the time to a plan is counted to.

create table first_approval (
    case_id text primary key,
    approved_on date not null
);
