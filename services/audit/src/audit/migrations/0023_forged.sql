-- What stood on the bus in a service's name and is not its own, noted as it is refused, until it is
-- told as an event.
create table source_forged (
    source text not null,
    position bigint not null,
    told text not null,     -- the digest of what stood there
    stored text,            -- of what the service has there, if anything
    payment text,           -- that it says it is of
    closed boolean not null default false,
    primary key (source, position, told)
);
