"""A grant as others read it: what is told (`report`, `discretion`), and in which form."""
