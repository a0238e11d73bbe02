-- What was read of the bank, and who brought it; the payments of a bank file.

create table bank_answer_view (
    answer_id text primary key,
    file_hash text not null,
    read_at timestamptz not null,
    position bigint not null unique,
    lines integer not null,
    uploaded_by text,
    outcome text
);

create index payment_of_file on payment_view ((state::jsonb ->> 'file'));
