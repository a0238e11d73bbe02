"""Whether the log has it all: each service's own store held against it, and what is missing."""
