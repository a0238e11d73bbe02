"""The store on Postgres: the history, the vault, and what brings a database up to date."""

from events.io.postgres.leader import PostgresLeader
from events.io.postgres.migrate import BadMigrations, migrate, up_to_date
from events.io.postgres.store import PostgresStore, open_store
from events.io.postgres.tracking import PostgresTracking
from events.io.postgres.vault import BadEpochKey, EpochKeys, Vault

__all__ = [
    "BadEpochKey",
    "BadMigrations",
    "EpochKeys",
    "PostgresLeader",
    "PostgresStore",
    "PostgresTracking",
    "Vault",
    "migrate",
    "open_store",
    "up_to_date",
]
