"""The plans service, declared."""

from pathlib import Path

from events.confirming import confirming
from events.io.documents.tidying import tidy_documents
from events.service import Erasing, Service
from plans.api import api
from plans.domain import registry
from plans.domain.erased import SubjectErased, orders
from plans.keeping_up import keep_up
from plans.overdue import keep_missing_visits
from plans.views import views

service = Service(
    name="plans",
    registry=registry,
    api=api,
    migrations=Path(__file__).parents[2] / "migrations",
    views=views,
    tasks=(keep_up, keep_missing_visits, tidy_documents),
    erasing=Erasing(orders, confirming(SubjectErased)),
)

if __name__ == "__main__":
    from events.io.serve import serve

    serve(service)
