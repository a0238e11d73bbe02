"""The intake service, declared."""

from pathlib import Path

from events.service import Service
from intake.api import api
from intake.deadlines import keep_deadlines
from intake.domain import registry
from intake.duplicates import searching
from intake.duplicates.keeping import keep_blind_index
from intake.erasing import erasing, policies
from intake.gateways import gateways
from intake.importing.work import work_off_imports
from intake.views import views

service = Service(
    name="intake",
    registry=registry,
    api=api,
    migrations=Path(__file__).parents[2] / "migrations",
    views=views,
    apart={
        "blind_person": "keyed tokens of names and numbers, made from the vault",
        "blind_key": "keyed tokens of names and numbers, made from the vault",
        "import_spool": "rows of a file that wait, sealed, until they are worked off",
    },
    policies=policies,
    effects=(searching.effect,),
    erasing=erasing,
    gateways=gateways,
    tasks=(keep_deadlines, keep_blind_index, work_off_imports),
)

if __name__ == "__main__":
    from events.io.serve import serve

    serve(service)
