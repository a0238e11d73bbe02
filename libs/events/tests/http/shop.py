"""The bakery as a service of its own, for the tests that start processes."""

from pathlib import Path

from libs.events.tests.bakery import bakery
from libs.events.tests.http.till import api

from events.io.serve import serve
from events.service import Service

service = Service(
    name="bakery", registry=bakery, api=api, migrations=Path(__file__).parent / "migrations"
)

if __name__ == "__main__":
    serve(service)
