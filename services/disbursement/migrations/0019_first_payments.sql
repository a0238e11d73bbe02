-- What programmes let go to an account before anything was paid on it.

create table first_payment_fact (
    programme_id text not null,
    version integer not null,
    at_most text not null,
    primary key (programme_id, version)
);
