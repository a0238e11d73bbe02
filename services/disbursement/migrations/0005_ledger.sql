-- The ledger: a projection of the facts in double entry. Amounts are in the grant's currency.

create table ledger_book (
    commitment_id text primary key,
    state text not null
);

create table ledger_posting (
    position bigint not null,  -- of the fact in this service's history
    number integer not null,  -- within the fact
    day date not null,  -- on which it happened
    line_id text not null,
    commitment_id text not null,
    account text not null,
    currency text not null,
    minor bigint not null,  -- debit above zero, credit below
    primary key (position, number)
);
create index ledger_posting_by_line on ledger_posting (line_id, position, number);

create table ledger_payment (
    payment_id text primary key,
    line_id text not null,
    currency text not null,
    minor bigint not null,  -- as it was paid, in the payment's currency
    value_date date not null
);
create index ledger_payment_by_line on ledger_payment (line_id);
