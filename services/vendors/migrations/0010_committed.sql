-- For which items money is committed: their awards are not taken back.

create table item_committed (
    item_id text not null,
    commitment_id text not null,
    minor bigint not null,
    primary key (item_id, commitment_id)
);
