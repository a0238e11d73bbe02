"""Samples: which items of a population somebody looks at, so that nobody can have picked them.

How large (`sizes.py`), and which (`draw.py`). Pure: who has the seed and the population draws the
same sample, in whatever language.
"""
