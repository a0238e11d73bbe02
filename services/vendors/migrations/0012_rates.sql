-- What an award of one programme is worth in the currency of another.

create table exchange_rate (
    source text not null,
    base text not null,
    quote text not null,
    day date not null,
    value text not null,
    primary key (source, base, quote, day)
);
