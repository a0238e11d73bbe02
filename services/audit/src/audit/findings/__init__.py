"""Findings at work: the rules run over the log, what they raise, and who looks at it."""
