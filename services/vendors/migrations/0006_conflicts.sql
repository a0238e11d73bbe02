-- Conflicts of interest: who takes no part in what is done for a vendor or a case.

create table conflict (
    conflict_id text primary key,
    person_id text not null,
    vendor_id text,
    case_id text,
    standing boolean not null,
    state text not null
);
create index conflict_by_vendor on conflict (vendor_id, conflict_id);
