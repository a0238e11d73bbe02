-- Offers of a restricted case are seen by whom they are open to, a referral by who said yes.

alter table transfer_file add column agreed boolean not null default false;
alter table transfer_file add column accepted_by text;
alter table referral_file add column wanted boolean not null default false;
