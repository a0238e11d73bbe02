"""The plans service, declared."""

from pathlib import Path

from events.service import Service
from plans.api import api
from plans.domain import registry
from plans.views import views

service = Service(
    name="plans",
    registry=registry,
    api=api,
    migrations=Path(__file__).parents[2] / "migrations",
    views=views,
)

if __name__ == "__main__":
    from events.io.serve import serve

    serve(service)
