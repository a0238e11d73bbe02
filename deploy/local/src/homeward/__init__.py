"""The command line, and the local runtime: embedded servers, issuer, bank simulator, demo."""
