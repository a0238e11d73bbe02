"""Speaking with the bank: files that instruct it, and what it answers."""
