-- Approved items: as they were approved, and what came of them since.

create table approved_item (
    item_id text primary key,
    plan_id text not null,
    case_id text not null,
    approved text not null
);
create index approved_item_by_case on approved_item (case_id, item_id);

create table carried_item (
    item_id text primary key,
    case_id text not null,
    version integer not null,
    state text not null
);
