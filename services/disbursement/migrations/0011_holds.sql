-- The cases about which intake asks that payments wait.

create table hold_fact (
    case_id text not null,
    asked_in text not null,
    primary key (case_id, asked_in)
);
