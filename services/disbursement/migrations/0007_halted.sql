-- The cases that are suspended or closed: nothing is committed or ordered for them.

create table halted_fact (
    case_id text not null,
    because text not null,
    primary key (case_id, because)
);
