"""A signer in this very process."""

import httpx

from audit.log.signer import Signer
from audit.log.signing import HOST, Signing, app


def asked(signer: Signer) -> Signing:
    """The signer through all that it says and hears, but for the socket."""
    return Signing(httpx.AsyncClient(transport=httpx.ASGITransport(app(signer)), base_url=HOST))
