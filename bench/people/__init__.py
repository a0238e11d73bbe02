"""Invented people: the same ones in other spellings, and others who only look the same."""
