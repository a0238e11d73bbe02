-- Accounts proposed in the place of others, until they are active or given up.

create table account_change_fact (
    account_id text primary key,
    replaces text not null
);
create index account_change_fact_by_replaced on account_change_fact (replaces);
