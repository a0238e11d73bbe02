-- Cash: the lines of the lists on which it is handed over, and which items are planned as cash.

create table cash_view (
    cash_id text primary key,
    list_no text not null,
    stage text not null,
    version integer not null,
    state text not null
);
create index cash_by_list on cash_view (list_no, cash_id);

create table cash_item_fact (
    item_id text primary key,
    is_cash boolean not null
);
