"""Bundles for the offline verifier: taking one is itself an event."""

from fastapi import Response

from audit.api.declared import api
from audit.domain import bundle as domain
from audit.exports.bundle import pack_bundle
from audit.log import proofs, table
from events.handler import Act
from events.io.http import Answer, Do, Gateways, Load, NewIds, Now, Problem, View, Who
from events.roles import Role
from events.values import Code, Digest


class BundleAnswer(Answer):
    bundle: Code
    size: int
    root: Digest

    @classmethod
    def of(cls, bundle: domain.Bundle, _version: int) -> "BundleAnswer":
        return cls(bundle=bundle.id, size=bundle.size, root=bundle.root)


@api.command("/v1/bundles", creates=BundleAnswer, allows={Role.AUDITOR})
async def export_bundle(me: Who, now: Now, do: Do, ids: NewIds, files: Gateways) -> Response:
    """Take a copy of the log as it is signed now. That it was taken is itself an event."""
    signed = proofs.newest(files)
    if signed is None:
        raise Problem("not_found", "Nothing is signed yet; ask again in a moment.")
    new = Code(ids.new("bun"))
    command = domain.ExportBundle(
        by=me.id,
        at=now,
        bundle=new,
        size=signed.checkpoint.size,
        root=Digest(signed.checkpoint.root.hex()),
    )
    return await do(Act(domain.bundle, new, command), answer=BundleAnswer.of)


@api.query("/v1/bundles/{bundle}", answers=Answer, allows={Role.AUDITOR})
async def read_bundle(bundle: Code, load: Load, log: View, files: Gateways) -> Response:
    """The copy, as a zip: unpack it or not, `verify.py` in it checks it offline."""
    exported, _ = await load.state(domain.bundle, bundle)
    if exported is None:
        raise Problem("not_found", "There is no such bundle.")
    packed = pack_bundle(exported.size, await table.checkpoints(log, exported.size), files)
    headers = {"Content-Disposition": f'attachment; filename="{bundle}.zip"'}
    return Response(packed, media_type="application/zip", headers=headers)
