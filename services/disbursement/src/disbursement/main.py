"""The disbursement service, declared."""

from pathlib import Path

from disbursement import claiming, hearing, holding
from disbursement.api import api
from disbursement.bank import instruct
from disbursement.bank.leaving import send_to_the_bank
from disbursement.bank.listen import listen_to_the_bank
from disbursement.converting import keep_converting
from disbursement.domain import registry
from disbursement.domain.erased import SubjectErased, orders
from disbursement.earmarking import earmark_what_is_approved
from disbursement.expiring import expire_commitments
from disbursement.gateways import gateways
from disbursement.letting_go import keep_letting_go
from disbursement.mobile_money.listen import listen_to_providers
from disbursement.mobile_money.sending import send_to_providers
from disbursement.mobile_money.statement import read_statements
from disbursement.overdue import keep_telling
from disbursement.policies import policies
from disbursement.views import views
from events.confirming import confirming
from events.io.documents.tidying import tidy_documents
from events.service import Erasing, Service

service = Service(
    name="disbursement",
    registry=registry,
    api=api,
    migrations=Path(__file__).parents[2] / "migrations",
    views=views,
    apart={"export_file": "the bytes of exports, under the digests that the events tell"},
    erasing=Erasing(orders, confirming(SubjectErased)),
    policies=(*policies, *hearing.policies),
    effects=(*holding.effects, *claiming.effects, *instruct.effects),
    gateways=gateways,
    tasks=(
        listen_to_the_bank,
        listen_to_providers,
        send_to_the_bank,
        send_to_providers,
        read_statements,
        earmark_what_is_approved,
        tidy_documents,
        expire_commitments,
        keep_telling,
        keep_letting_go,
        keep_converting,
    ),
)

if __name__ == "__main__":
    from events.io.serve import serve

    serve(service)
