-- Payments by the events, and what the bank tells of our accounts, to be held against each other.

create table reconciled_payment (
    payment_id text primary key,
    line_id text not null,
    currency text not null,
    minor bigint not null,
    stage text not null,  -- as far as the bank is concerned
    since date not null,  -- since when it is at this stage
    paid_at bigint,  -- positions of the facts in this service's history
    returned_at bigint,
    functional_currency text,
    functional_minor bigint
);
create index reconciled_payment_by_line on reconciled_payment (line_id);

create table bank_statement_view (
    answer_id text not null,
    statement integer not null,
    position bigint not null,  -- of the fact in this service's history
    kind text not null,
    account text,
    counts boolean not null,  -- a statement, told the first time
    closed_on date,
    state text not null,
    primary key (answer_id, statement)
);

create table bank_movement_view (
    answer_id text not null,
    statement integer not null,
    entry integer not null,
    first_line integer not null,
    last_line integer not null,
    account text,
    counts boolean not null,  -- booked, in a statement that counts
    currency text not null,
    minor bigint not null,  -- below zero where money left
    value_date date,
    bank_ref text,
    primary key (answer_id, statement, entry)
);

create table bank_movement_payment (
    answer_id text not null,
    statement integer not null,
    entry integer not null,
    payment_id text not null,
    primary key (answer_id, statement, entry, payment_id)
);
create index bank_movement_by_payment on bank_movement_payment (payment_id);
