-- Who takes no part in what is done for which vendor or case, as vendors tells of it.

create table conflict_fact (
    conflict_id text primary key,
    person_id text not null,
    vendor_id text,
    case_id text
);
create index conflict_fact_by_person on conflict_fact (person_id);
