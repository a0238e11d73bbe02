"""One value, one byte string: equal to RFC 8785 on everything our schema can hold."""

from datetime import UTC, datetime
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from events.canonical import INTEGER_MAX, NotCanonical, canonical, refuse_the_uncanonical
from events.envelope import timestamp

text = st.text(st.characters(exclude_categories=["Cs"]))
keys = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), min_size=1)
scalars = (
    st.none() | st.booleans() | st.integers(min_value=-INTEGER_MAX, max_value=INTEGER_MAX) | text
)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=4),
    max_leaves=25,
)


@given(values)
def test_our_bytes_are_those_of_rfc_8785(value: Any) -> None:
    assert canonical(value) == rfc8785.dumps(value)


@pytest.mark.parametrize(
    "value", [1.0, {"a": [1.5]}, 2**53, -(2**53), {"ключ": 1}, [{"a": {"b": float("nan")}}]]
)
def test_what_rfc_8785_would_change_is_refused(value: Any) -> None:
    with pytest.raises(NotCanonical):
        refuse_the_uncanonical(value)


def test_a_lone_surrogate_has_no_bytes() -> None:
    with pytest.raises(NotCanonical):
        canonical({"a": "\ud800"})


@given(st.datetimes(min_value=datetime(1900, 1, 2), timezones=st.timezones()))
def test_a_time_has_one_form(at: datetime) -> None:
    assert timestamp(at) == at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
