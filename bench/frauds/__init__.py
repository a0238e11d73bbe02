"""A made history of payments: most of it as messy as life, some of it planted frauds.

It knows what each kind of fraud is, in the words of the definition in the design of the audit log,
and nothing of how a rule looks for it: nothing here is read from the rules or their parameters.
What it takes from the programmes' pages is what everybody knows who buys under them.
"""
