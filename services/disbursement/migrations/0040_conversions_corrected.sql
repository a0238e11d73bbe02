-- Rates that were published and found wrong: what was converted at one of them is converted anew.
drop table withdrawn_rate;
delete from es_tracking where consumer = 'withdrawn_rates';
create table wrong_rate (
    source text not null,
    base text not null,
    quote text not null,
    day date not null,
    value text not null,
    reason text not null,
    position bigint not null,
    primary key (source, base, quote, day, value)
);

-- At which rate what was paid was converted, and how often that was corrected. Filled anew.
truncate ledger_book, ledger_posting, ledger_payment;
alter table ledger_payment add column rate text;
alter table ledger_payment add column corrected integer not null default 0;
create index ledger_payment_by_rate on ledger_payment (rate) where rate is not null;
update es_tracking set pos = 0 where consumer = 'ledger';
