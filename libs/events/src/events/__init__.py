"""Homeward's shared library.

The modules of this package are its pure half: no clock, no random, no network, no database.
`events.io` is the other half: the store, the bus, HTTP, identity and telemetry.
"""
