"""Whether two records may be of one person: pure functions over keyed tokens.

`spelling` takes names apart and brings scripts and spellings together. `features` turns what is
known of a person into tokens under a key, once; from there on no value is needed. `agreement` says
how far two people's tokens agree in each field, and `weighing` what that amounts to.

The on-line look-up, the batch search and the bench all judge by `weighing.weigh`.
"""
