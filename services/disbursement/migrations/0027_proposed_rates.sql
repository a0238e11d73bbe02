-- Exchange rates that were proposed by hand and that nobody has confirmed.

create table proposed_rate_view (
    rate_id text not null,
    day date not null,
    rate text not null,
    proposed_by text not null,
    primary key (rate_id, day)
);
