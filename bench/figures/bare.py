"""The baseline of `http_vs_bare`: a bare FastAPI POST with the same body and no database."""

import sys

import uvicorn
from fastapi import FastAPI

from bench.figures.till import PaymentAnswer, RequestPaymentBody
from events.values import PaymentId

app = FastAPI()


@app.post("/v1/payments", status_code=201)
async def request_payment(body: RequestPaymentBody) -> PaymentAnswer:
    return PaymentAnswer(payment=PaymentId("pay_1"), amount=body.amount, version=1)


if __name__ == "__main__":
    uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_level="warning", access_log=False)
