"""The witness over HTTP: `add-checkpoint` for logs, the newest checkpoints for monitors."""

import asyncio

from fastapi import FastAPI, Request, Response

from audit.witness.desk import Answer, Witness

BODY_MAX = 1 << 18


def app(witness: Witness) -> FastAPI:
    """Submission and monitoring under the same prefix."""
    served = FastAPI(openapi_url=None)

    @served.post("/add-checkpoint")
    async def add_checkpoint(request: Request) -> Response:
        body = bytearray()
        async for chunk in request.stream():
            body += chunk
            if len(body) > BODY_MAX:
                return _told(Answer(413, f"a request has at most {BODY_MAX} bytes\n"))
        return _told(await asyncio.to_thread(witness.add_checkpoint, bytes(body)))

    @served.get("/{origin_hash}/checkpoint")
    async def checkpoint(origin_hash: str) -> Response:
        return _told(await asyncio.to_thread(witness.checkpoint, origin_hash))

    return served


def _told(answer: Answer) -> Response:
    headers = {"Cache-Control": "no-cache", "Content-Type": answer.media_type}
    return Response(answer.body, answer.status, headers)
