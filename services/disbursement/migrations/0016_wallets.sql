-- Which accounts are wallets, and with which provider of mobile money.

alter table account_fact add column wallet text;
