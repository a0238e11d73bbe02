"""The transparency log over every service's events, and its offline verifier."""
