-- The cases whose people no longer agree to be assisted: nothing new is committed or ordered.

create table withdrawn_fact (
    case_id text primary key
);
