-- What one person said became of a line of the bank that names money, until another one says the same.

alter table bank_line_view add column proposed text;
alter table bank_line_view add column proposed_by text;
