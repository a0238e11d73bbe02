-- The blind index: by which two records of one person find each other without a value of theirs.
-- All of it is keyed tokens (HMAC), made from what the vault holds and kept nowhere else. Rows of
-- a person go when the person is erased, and all of it can be made again from the vault.

create table blind_person (
    person_id text primary key,
    case_id text not null,
    made_with text not null, -- the name of the key: another key's tokens meet none of these
    features bytea not null
);

create table blind_key (
    key bigint not null,
    person_id text not null references blind_person (person_id) on delete cascade,
    primary key (key, person_id)
);
create index blind_key_by_person on blind_key (person_id);

-- Suspected pairs: a read model, folded from events.

create table duplicate_pair (
    pair_id text primary key,
    person_id text not null,
    case_id text not null,
    other_person_id text not null,
    other_case_id text not null,
    stage text not null,
    version integer not null,
    state text not null
);
create index duplicate_pair_by_stage on duplicate_pair (stage, pair_id);
create index duplicate_pair_by_person on duplicate_pair (person_id);
create index duplicate_pair_by_other on duplicate_pair (other_person_id);
