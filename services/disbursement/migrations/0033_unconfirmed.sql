-- How many failures a file tells of that another person than its uploader has to confirm.
alter table bank_answer_view add column unconfirmed integer not null default 0;
