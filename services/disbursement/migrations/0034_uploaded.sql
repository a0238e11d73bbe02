-- What a person uploads counts for nothing before another one has confirmed it, or declines it.

alter table bank_answer_view add column stage text not null default 'read';
alter table bank_answer_view add column confirmed_by text;
alter table bank_answer_view add column declined text;  -- why
alter table bank_answer_view drop column unconfirmed;
