-- Months: what was drawn up and closed.

create table period_view (
    period text primary key,
    size bigint not null,
    closed boolean not null,
    state text not null
);

-- How far the log was gone through for them; the months in which somebody recorded something; and
-- the entries that came when the month in which they happened was over.
create table month_scan (
    one boolean primary key default true check (one),
    next bigint not null
);
insert into month_scan (next) values (0);

create table worked_month (
    month text primary key
);

create table told_afterwards (
    index bigint primary key,
    month text not null
);
create index told_afterwards_of_month on told_afterwards (month, index);
