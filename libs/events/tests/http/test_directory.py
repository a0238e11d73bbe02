"""Paths find their operation: what is written out goes before a parameter."""

from events.io.http import Answer, Api
from events.io.http.directory import Directory
from events.roles import Role

api = Api("paths")


@api.query("/v1/{kind}/{thing}", answers=Answer, allows={Role.AUDITOR})
async def any_thing(kind: str, thing: str) -> Answer:
    """Read a thing of any kind."""
    raise AssertionError(kind, thing)


@api.query("/v1/loaves/{thing}", answers=Answer, allows={Role.AUDITOR})
async def loaf(thing: str) -> Answer:
    """Read a loaf."""
    raise AssertionError(thing)


@api.query("/v1/loaves/newest", answers=Answer, allows={Role.AUDITOR})
async def newest() -> Answer:
    """Read the newest loaf."""
    raise AssertionError


@api.query("/v1/files/{name:path}", answers=Answer, allows={Role.AUDITOR})
async def file(name: str) -> Answer:
    """Read a file."""
    raise AssertionError(name)


def found(path: str, method: str = "GET") -> tuple[str, dict[str, str]] | None:
    operation = Directory(api.operations).find(method, path)
    return operation and (operation[0].path, dict(operation[1]))


def test_what_is_written_out_goes_before_a_parameter() -> None:
    assert found("/v1/loaves/newest") == ("/v1/loaves/newest", {})
    assert found("/v1/loaves/itm_1") == ("/v1/loaves/{thing}", {"thing": "itm_1"})
    assert found("/v1/rolls/itm_1") == (
        "/v1/{kind}/{thing}",
        {"kind": "rolls", "thing": "itm_1"},
    )


def test_a_parameter_may_span_segments() -> None:
    assert found("/v1/files/a/b/c") == ("/v1/files/{name:path}", {"name": "a/b/c"})
    assert found("/v1/files/a/b", "POST") is None


def test_a_line_feed_at_the_end_is_another_path() -> None:
    assert found("/v1/files/a/b\n") is None


def test_a_path_knows_all_its_methods() -> None:
    both = Api("bakery")
    both.query("/v1/loaves", answers=Answer, allows={Role.AUDITOR})(newest)
    both.command("/v1/loaves", creates=Answer, allows={Role.AUDITOR})(newest)
    directory = Directory(both.operations)
    assert directory.methods("/v1/loaves") == ["GET", "POST"]
    assert directory.methods("/v1/rolls") == []


def test_nothing_else_is_found() -> None:
    for path in ("/v1/loaves/", "/v1/loaves", "/v1/loaves/a/b", "v1/loaves/a", "/v2/loaves/a"):
        assert found(path) is None
    assert found("/v1/loaves/newest", "POST") is None
