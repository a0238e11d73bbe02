-- The orders as the counter sees them.
create table orders (
    id text primary key,
    loaves bigint not null
);
