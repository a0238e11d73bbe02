"""Hostile input: never a 500, never echoed, always a problem that names the rule."""

import asyncio
from collections.abc import Mapping

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from libs.events.tests.bakery import bakery
from libs.events.tests.http.till import api

from events.io.http.trial import Caller, Trial, trial
from events.roles import Role

LOAF = b'{"price":{"amount":"1.250","currency":"IQD"},"times":1}'


async def send(
    lina: Caller, content: bytes, path: str = "/v1/orders", **headers: str
) -> httpx.Response:
    told = {
        "authorization": f"Bearer {lina.token}",
        "content-type": "application/json",
        "idempotency-key": lina.ids.event_id(),
    } | ({} if path == "/v1/orders" else {"if-match": '"1"'})
    told |= {name.replace("_", "-"): value for name, value in headers.items()}
    return await lina.client.post(path, content=content, headers=told)


NOT_STRICT = {
    b"": "not_json",
    b"nonsense": "not_json",
    b'{"person":"per_ana"': "not_json",
    b'{"person":"per_ana"} {}': "not_json",
    b'{"person":"per_ana",}': "not_json",
    b"{'person':'per_ana'}": "not_json",
    b'\xef\xbb\xbf{"person":"per_ana"}': "not_json",
    '{"person":"per_ana"}'.encode("utf-16"): "not_utf8",
    b'{"person":"\xff"}': "not_utf8",
    b'{"person":"\xed\xa0\x80"}': "not_utf8",
    b'{"person":"per_ana","person":"per_ben"}': "duplicate_key",
    b'{"person":"per_ana","\\u0070erson":"per_ben"}': "duplicate_key",
    b'{"person":{"a":1,"a":1}}': "duplicate_key",
    b'{"person":NaN}': "not_a_number",
    b'{"person":-Infinity}': "not_a_number",
    b'{"person":1e400}': "fractional_number",
    b'{"person":1.5}': "fractional_number",
    b'{"person":9007199254740992}': "number_too_large",
    b'{"person":' + b"9" * 5000 + b"}": "number_too_large",
    b'{"person":"\\ud800"}': "lone_surrogate",
    b'{"\\udfff":1}': "lone_surrogate",
    b'{"person":"per\\u0000"}': "nul_character",
    b'{"person":"per\x00"}': "not_json",
    b"[" * 100_000: "too_deep",
    b"[" * 40 + b"]" * 40: "too_deep",
    b'{"a":' * 40 + b"1" + b"}" * 40: "too_deep",
}


@pytest.mark.parametrize(("content", "code"), NOT_STRICT.items(), ids=lambda v: repr(v)[:40])
async def test_what_readers_would_read_differently_is_400(
    lina: Caller, content: bytes, code: str
) -> None:
    said = await send(lina, content)
    assert (said.status_code, said.json()["code"]) == (400, code)
    assert said.headers["content-type"] == "application/problem+json"


async def test_a_proper_surrogate_pair_is_a_character(lina: Caller) -> None:
    said = await send(lina, b'{"person":"\\ud83c\\udf5e"}')
    assert said.status_code == 422


@pytest.mark.parametrize(
    ("headers", "status", "code"),
    [
        ({"content_type": "text/plain"}, 415, "media_type_unsupported"),
        ({"content_type": ""}, 415, "media_type_unsupported"),
        ({"content_type": "application/jsonp"}, 415, "media_type_unsupported"),
        ({"content_type": "application/json; charset=utf-16"}, 400, "charset_unsupported"),
        ({"content_encoding": "gzip"}, 415, "media_type_unsupported"),
        ({"content_type": 'application/json; charset="UTF-8"'}, 201, None),
    ],
)
async def test_the_media_type_is_json_in_utf_8(
    lina: Caller, headers: Mapping[str, str], status: int, code: str | None
) -> None:
    said = await send(lina, b'{"person":"per_ana"}', **headers)
    assert (said.status_code, said.json().get("code")) == (status, code)


async def test_a_body_over_a_mebibyte_is_413_before_it_is_read(lina: Caller) -> None:
    said = await send(lina, b"[" + b" " * 1_048_576 + b"]")
    assert (said.status_code, said.json()["code"]) == (413, "body_too_large")
    said = await send(lina, b"{}", content_length="99999999999999999999999999")
    assert said.status_code == 413


async def test_all_wrong_fields_are_named_and_none_is_repeated(lina: Caller, order: str) -> None:
    secret = "Amina-0770-secret"
    text = (
        '{"price":{"amount":12,"currency":"'
        + secret
        + '"},"times":"'
        + secret
        + '","'
        + secret
        + '":"'
        + secret
        + '","note":1}'
    )
    said = await send(lina, text.encode(), f"{order}/add-loaf")
    assert said.status_code == 422
    assert secret not in said.text
    assert {(e["pointer"], e["code"]) for e in said.json()["errors"]} == {
        ("/price", "value_error"),
        ("/times", "int_type"),
        ("/note", "extra_forbidden"),
        ("/…", "extra_forbidden"),
    }


@pytest.mark.parametrize(
    "amount", ["1_000", "١٢٣", "-0", "1E+9999", "1e3", "1.5", " 1.000", "1" * 40, "+1.000", ""]
)
async def test_an_amount_is_written_one_way(lina: Caller, order: str, amount: str) -> None:
    text = f'{{"price":{{"amount":"{amount}","currency":"IQD"}}}}'
    said = await send(lina, text.encode(), f"{order}/add-loaf")
    assert said.status_code == 422
    assert said.json()["errors"][0]["pointer"] == "/price"


@pytest.mark.parametrize(
    "query",
    [
        "limit=1&limit=2",
        "limit=0",
        "limit=201",
        "limit=1_0",
        "limit=1e2",
        "limit=" + "9" * 5000,
        "colour=red",
        "kind=%00",
        "kind=%ff",
        "kind",
        "cursor=nonsense",
        "cursor=" + "a" * 600,
        "&".join(f"a{n}=1" for n in range(100)),
        "page=1&page=2",
    ],
)
async def test_a_query_that_does_not_fit_is_400(lina: Caller, query: str) -> None:
    said = await lina.get(f"/v1/shelves?{query}")
    assert (said.status_code, said.json()["code"]) == (400, "query_invalid")
    assert "colour" not in said.json()["detail"]


async def test_a_header_that_counts_stands_there_once(lina: Caller, till: Trial) -> None:
    headers = [
        ("authorization", f"Bearer {lina.token}"),
        ("content-type", "application/json"),
        ("idempotency-key", "a"),
        ("idempotency-key", "b"),
    ]
    said = await till.client.post("/v1/orders", content=b"{}", headers=headers)
    assert (said.status_code, said.json()["code"]) == (400, "header_repeated")


async def test_what_is_not_there_is_a_problem_too(lina: Caller) -> None:
    for path, status, code in (
        ("/nothing", 404, "not_found"),
        ("/v1/orders/", 404, "not_found"),
        ("/v1/orders/ITM!", 404, "not_found"),
        ("/v1/orders/" + "a" * 5000, 404, "not_found"),
        ("/v1/orders/%00", 404, "not_found"),
        ("/v1/orders", 405, "method_not_allowed"),
        ("/problems/nonsense", 404, "not_found"),
        ("/healthz%0a", 404, "not_found"),
        ("/openapi.json%0a", 404, "not_found"),
    ):
        said = await lina.get(path)
        assert (said.status_code, said.json()["code"]) == (status, code), path
        assert said.headers["content-type"] == "application/problem+json"
        if status == 405:
            assert said.headers["allow"] == "POST"


async def test_a_wrong_method_is_told_all_the_right_ones(till: Trial) -> None:
    for path, allowed in (("/v1/orders/itm_1", "GET"), ("/v1/orders", "POST")):
        for method in ("PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "NONSENSE"):
            said = await till.client.request(method, path)
            assert (said.status_code, said.headers["allow"]) == (405, allowed), (method, path)


async def test_a_mistake_of_ours_says_nothing_about_it(
    lina: Caller, till: Trial, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def fail(*_: object) -> None:
        raise RuntimeError("select secret from passwords")

    monkeypatch.setattr(till.store, "load", fail)
    said = await lina.get("/v1/orders/itm_1")
    assert (said.status_code, said.json()["code"]) == (500, "internal_error")
    assert "secret" not in said.text
    assert "an operation failed" in caplog.text


def hostile() -> st.SearchStrategy[bytes]:
    """Bytes of any kind, JSON of any kind, and good bodies that were bitten into."""
    scalars = (
        st.none()
        | st.booleans()
        | st.integers()
        | st.floats(allow_nan=False, allow_infinity=False).map(str)
        | st.sampled_from(["NaN", '"\\ud800"', '"\\u0000"', "1e999", "-0", '"' + "x" * 9999 + '"'])
        | st.text().map(repr)
    )
    values = st.recursive(
        scalars.map(str),
        lambda inner: (
            st.lists(inner, max_size=4).map(lambda v: "[" + ",".join(v) + "]")
            | st.lists(
                st.tuples(st.sampled_from(["price", "times", "amount", "currency", "x"]), inner),
                max_size=4,
            ).map(lambda p: "{" + ",".join(f'"{k}":{v}' for k, v in p) + "}")
        ),
        max_leaves=12,
    ).map(lambda text: text.encode("utf-8", "surrogatepass"))
    cut = st.tuples(st.integers(0, len(LOAF)), st.integers(0, len(LOAF)), st.binary(max_size=6))
    bitten = cut.map(lambda c: LOAF[: c[0]] + c[2] + LOAF[c[1] :])
    return st.binary(max_size=200) | values | bitten


@given(
    bodies=st.lists(hostile(), min_size=8, max_size=8),
    query=st.text("kindlmt=&%0f1;+_.,", max_size=30),
)
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
def test_nothing_that_is_sent_makes_a_500(bodies: list[bytes], query: str) -> None:
    async def throw() -> None:
        async with trial(api, bakery) as till:
            lina = till.sign_in("per_lina", Role.COUNSELLOR)
            placed = await lina.post("/v1/orders", {"person": "per_ana"})
            url = httpx.URL(placed.headers["location"] + "/add-loaf")
            for body in bodies:
                said = await send(lina, body, str(url))
                assert said.status_code < 500, body
                listed = await lina.client.get(
                    f"/v1/shelves?{query}",
                    headers={"authorization": f"Bearer {lina.token}"},
                )
                assert listed.status_code in (200, 400), query

    asyncio.run(throw())
