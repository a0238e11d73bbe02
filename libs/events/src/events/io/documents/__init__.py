"""Documents on their way: sealed as they come in, kept in one of three stores, opened going out."""
