-- The last rate of each pair that was withdrawn: against it the next one is held where none is left.
create table withdrawn_rate (
    source text not null,
    base text not null,
    quote text not null,
    day date not null,
    value text not null,
    withdrawn_at timestamptz not null,
    primary key (base, quote)
);
