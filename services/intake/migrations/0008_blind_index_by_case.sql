-- A person may have several cases, each with what it was told of them: an entry is of both. The
-- index is made again from the vault.

drop table blind_key;
drop table blind_person;

create table blind_person (
    person_id text not null,
    case_id text not null,
    made_with text not null, -- the name of the key: another key's tokens meet none of these
    features bytea not null,
    primary key (person_id, case_id)
);

create table blind_key (
    key bigint not null,
    person_id text not null,
    case_id text not null,
    primary key (key, person_id, case_id),
    foreign key (person_id, case_id) references blind_person on delete cascade
);
create index blind_key_by_person on blind_key (person_id, case_id);

delete from es_tracking where consumer = 'blind_index';
