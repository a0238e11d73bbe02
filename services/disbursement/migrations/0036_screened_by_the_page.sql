-- Whether a search is asked for at release, and how long one counts, is read where the programme's
-- other terms of payment are.

drop table screening_rule_fact;
