"""The vendors service: `python -m vendors.main`."""

from pathlib import Path

from events.erasure import confirming
from events.io.serve import serve
from events.service import Erasing, Service
from vendors.api import api
from vendors.domain import registry
from vendors.domain.erased import SubjectErased, orders
from vendors.gateways import gateways
from vendors.views import views

service = Service(
    name="vendors",
    registry=registry,
    api=api,
    migrations=Path(__file__).parents[2] / "migrations",
    views=views,
    erasing=Erasing(orders, confirming(SubjectErased)),
    gateways=gateways,
)

if __name__ == "__main__":
    serve(service)
