"""The vendors service: `python -m vendors.main`."""

from pathlib import Path

from events.io.documents.tidying import tidy_documents
from events.io.serve import serve
from events.service import Service
from vendors import comparing, naming
from vendors.api import api
from vendors.domain import registry
from vendors.erasing import erasing, policies
from vendors.expiring import suspend_expired
from vendors.gateways import gateways
from vendors.screening.screener import keep_screened, tell_silences
from vendors.views import views

service = Service(
    name="vendors",
    registry=registry,
    api=api,
    migrations=Path(__file__).parents[2] / "migrations",
    views=views,
    apart={
        "sanctions_file": "public lists as their publishers wrote them, under the digests told",
        "suspicion": "what a search found in a vendor's names, made from the vault",
        "subject_sign": "keyed tokens of numbers and names, made from the vault",
    },
    policies=policies,
    effects=(*comparing.effects, *naming.effects),
    erasing=erasing,
    gateways=gateways,
    tasks=(keep_screened, tell_silences, suspend_expired, tidy_documents),
)

if __name__ == "__main__":
    serve(service)
