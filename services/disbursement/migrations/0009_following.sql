-- Items and plans for which nothing new is bought, and the papers asked for and seen.

create table stopped_fact (
    id text primary key,   -- of a plan, an emergency or an item
    because text not null
);

create table paper_seen_fact (
    item_id text not null,
    kind text not null,
    primary key (item_id, kind)
);

create table papers_asked_fact (
    programme_id text not null,
    version integer not null,
    type text not null,
    before_commitment text[] not null,
    before_payment text[] not null,
    primary key (programme_id, version, type)
);
