"""ISO 20022: the files we give to a bank (pain.001) and the answers we read (pain.002, camt)."""
