"""The same command on the stock Postgres application of the `eventsourcing` library."""

from decimal import Decimal
from time import perf_counter
from typing import Any

from eventsourcing.application import Application
from eventsourcing.domain import Aggregate

from bench.figures.domain import EVIDENCE
from homeward.postgres import Database, Postgres


class Payment(Aggregate):
    def __init__(self, invoice: str, vendor: str, amount: Decimal, evidence: str) -> None:
        self.invoice = invoice
        self.vendor = vendor
        self.amount = amount
        self.evidence = evidence


class Payments(Application[Any]):
    """One table, one transaction and one table lock for each command, as it comes."""

    @classmethod
    def on(cls, server: Postgres, database: Database) -> "Payments":
        return cls(
            env={
                "PERSISTENCE_MODULE": "eventsourcing.postgres",
                "POSTGRES_DBNAME": database.name,
                "POSTGRES_HOST": "127.0.0.1",
                "POSTGRES_PORT": str(server.port),
                "POSTGRES_USER": "postgres",
                "POSTGRES_PASSWORD": server.password,
                "POSTGRES_POOL_SIZE": "8",
            }
        )

    def request_until(self, until: float) -> int:
        """How many payments were requested by then."""
        done = 0
        while perf_counter() < until:
            self.save(
                Payment(
                    invoice="inv_01jd0000000000000000000000",
                    vendor="ven_01jd0000000000000000000000",
                    amount=Decimal(2_423_500_500),
                    evidence=EVIDENCE,
                )
            )
            done += 1
        return done
