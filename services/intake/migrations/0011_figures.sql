-- The people that figures count: one for each case, with what is no secret, and where the vault
-- keeps what is.

create table counted_person (
    case_id text primary key,
    programme_id text not null,
    state text not null
);
create index counted_person_by_programme on counted_person (programme_id, case_id);
