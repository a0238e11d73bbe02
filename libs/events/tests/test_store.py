"""What every store must do, whatever it is made of."""

import asyncio
from dataclasses import replace

import msgspec
import pytest
from libs.events.tests.bakery import ANA, BEN
from libs.events.tests.drafts import ids, loaf, placed

from events.envelope import ENTRY_MAX_BYTES, EntryTooLarge
from events.personal import Kind
from events.ports import (
    Append,
    Claim,
    ClaimTaken,
    Conflict,
    PersonErased,
    Snapshot,
    Store,
    Unchanged,
)
from events.registry import Draft


def sized(draft: Draft, length: int) -> Draft:
    """The draft, padded so that its entry has this many bytes at a position of one digit."""
    return msgspec.structs.replace(draft, after=draft.after + b" " * (length - len(draft.at(1))))


def of(*drafts: Draft, claims: tuple[Claim, ...] = ()) -> Append:
    return Append(drafts, claims)


class TestHistory:
    async def test_an_entry_is_read_back_byte_for_byte(self, store: Store) -> None:
        draft = placed("itm_1")
        assert await store.append(of(draft)) == (1,)
        assert [(e.position, e.raw) for e in await store.load("itm_1")] == [(1, draft.at(1))]
        assert await store.read(0, 10) == await store.load("itm_1")

    async def test_the_entry_names_its_own_position(self, store: Store) -> None:
        for number in range(1, 12):
            await store.append(of(placed(f"itm_{number}")))
        assert [e.envelope.position for e in await store.read(9, 10)] == ["10", "11"]

    async def test_positions_run_without_a_gap_over_all_streams(self, store: Store) -> None:
        both = of(placed("itm_1"), loaf("itm_1", 2), placed("itm_2"))
        assert await store.append(both) == (1, 2, 3)
        assert await store.append(of(loaf("itm_2", 2))) == (4,)
        assert await store.head() == 4

    async def test_a_refused_append_leaves_no_gap(self, store: Store) -> None:
        await store.append(of(placed("itm_1")))
        with pytest.raises(Conflict):
            await store.append(of(placed("itm_1")))
        assert await store.append(of(placed("itm_2"))) == (2,)

    async def test_a_stream_is_loaded_from_a_version_on(self, store: Store) -> None:
        await store.append(of(placed("itm_1"), *(loaf("itm_1", v) for v in range(2, 6))))
        assert [e.envelope.sequence for e in await store.load("itm_1", after=3)] == ["4", "5"]
        assert [e.envelope.sequence for e in await store.load("itm_1", 1, 2)] == ["2", "3"]
        assert await store.load("itm_9") == []

    async def test_many_streams_are_loaded_at_once(self, store: Store) -> None:
        await store.append(of(placed("itm_1"), loaf("itm_1", 2), loaf("itm_1", 3)))
        await store.append(of(placed("itm_2")))
        loaded = await store.load_all(["itm_2", "itm_1", "itm_9"], limit=2)
        positions = {stream: [e.position for e in entries] for stream, entries in loaded.items()}
        assert positions == {"itm_1": [1, 2], "itm_2": [4]}

    async def test_the_feed_is_read_in_pages(self, store: Store) -> None:
        await store.append(of(placed("itm_1"), *(loaf("itm_1", v) for v in range(2, 6))))
        assert [e.position for e in await store.read(0, 2)] == [1, 2]
        assert [e.position for e in await store.read(2, 2)] == [3, 4]
        assert await store.read(5, 2) == []

    async def test_an_empty_store_stands_at_zero(self, store: Store) -> None:
        assert await store.head() == 0
        assert await store.read(0, 10) == []

    async def test_concurrent_appends_are_all_stored(self, store: Store) -> None:
        appends = [of(placed(f"itm_{n}"), loaf(f"itm_{n}", 2)) for n in range(300)]
        positions = await asyncio.gather(*(store.append(append) for append in appends))
        assert sorted(p for each in positions for p in each) == list(range(1, 601))
        entries = await store.read(0, 1000)
        assert [e.position for e in entries] == list(range(1, 601))
        assert [int(e.envelope.position) for e in entries] == list(range(1, 601))


class TestVersions:
    @pytest.mark.parametrize("version", [2, 3])
    async def test_a_stream_begins_at_one(self, store: Store, version: int) -> None:
        with pytest.raises(Conflict):
            await store.append(of(placed("itm_1", version)))
        assert await store.head() == 0

    @pytest.mark.parametrize("version", [1, 2, 4, 5])
    async def test_a_stream_is_continued_at_its_version_only(
        self, store: Store, version: int
    ) -> None:
        await store.append(of(placed("itm_1"), loaf("itm_1", 2)))
        with pytest.raises(Conflict):
            await store.append(of(loaf("itm_1", version)))
        assert await store.append(of(loaf("itm_1", 3))) == (3,)

    async def test_the_versions_of_one_append_follow_each_other(self, store: Store) -> None:
        with pytest.raises(Conflict):
            await store.append(of(placed("itm_1"), loaf("itm_1", 3)))
        assert await store.head() == 0

    async def test_what_an_append_rests_on_stands_as_it_was_looked_at(self, store: Store) -> None:
        await store.append(of(placed("itm_1"), loaf("itm_1", 2)))
        for seen in (0, 1):
            too_old = Append((placed("itm_2"),), unchanged=(Unchanged("itm_1", seen),))
            with pytest.raises(Conflict):
                await store.append(too_old)
        nothing_yet = Unchanged("itm_9", 0)
        both = (Unchanged("itm_1", 2), nothing_yet)
        assert await store.append(Append((placed("itm_2"),), unchanged=both)) == (3,)
        assert len(await store.load("itm_1")) == 2

    async def test_all_streams_of_an_append_or_none(self, store: Store) -> None:
        await store.append(of(placed("itm_1")))
        with pytest.raises(Conflict):
            await store.append(of(placed("itm_2"), placed("itm_1")))
        assert await store.load("itm_2") == []

    async def test_of_two_at_once_one_wins(self, store: Store) -> None:
        await store.append(of(placed("itm_1")))
        rivals = [store.append(of(loaf("itm_1", 2))) for _ in range(20)]
        outcomes = await asyncio.gather(*rivals, return_exceptions=True)
        assert [o for o in outcomes if not isinstance(o, Conflict)] == [(2,)]
        assert await store.head() == 2


class TestRepeats:
    async def test_a_repeat_gets_the_same_positions(self, store: Store) -> None:
        await store.append(of(placed("itm_1")))
        append = of(placed("itm_2"), loaf("itm_1", 2), claims=(Claim("invoice_number", "7"),))
        assert await store.append(append) == (2, 3)
        await store.append(of(placed("itm_3"), loaf("itm_1", 3)))
        assert await store.append(append) == (2, 3)
        assert await store.head() == 5

    async def test_repeats_at_once_are_one(self, store: Store) -> None:
        append = of(placed("itm_1"), claims=(Claim("idempotency", "k"),))
        assert set(await asyncio.gather(*(store.append(append) for _ in range(50)))) == {(1,)}
        assert await store.head() == 1


class TestClaims:
    async def test_a_claim_is_kept_with_its_answer(self, store: Store) -> None:
        claim = Claim("idempotency", "key", b"asked", b"answered")
        await store.append(of(placed("itm_1"), claims=(claim,)))
        assert await store.claim("idempotency", "key") == replace(claim, position=1)
        assert await store.claim("invoice_number", "key") is None

    async def test_a_claim_is_held_once(self, store: Store) -> None:
        held = Claim("invoice_number", "ven_1:7", b"first")
        await store.append(of(placed("itm_1"), claims=(held,)))
        other = Claim("end_to_end_id", "e"), Claim("invoice_number", "ven_1:7", b"second")
        with pytest.raises(ClaimTaken) as taken:
            await store.append(of(placed("itm_2"), claims=other))
        assert taken.value.held == replace(held, position=1)
        assert await store.load("itm_2") == []
        assert await store.claim("end_to_end_id", "e") is None

    async def test_a_claim_needs_no_event(self, store: Store) -> None:
        await store.append(of(placed("itm_1")))
        assert await store.append(of(claims=(Claim("policy", "p"),))) == ()
        assert await store.claim("policy", "p") == Claim("policy", "p", position=1)
        assert await store.head() == 1

    async def test_of_many_claimants_one_wins(self, store: Store) -> None:
        claim = Claim("invoice_number", "ven_1:7")
        rivals = [store.append(of(placed(f"itm_{n}"), claims=(claim,))) for n in range(50)]
        outcomes = await asyncio.gather(*rivals, return_exceptions=True)
        assert [o for o in outcomes if not isinstance(o, ClaimTaken)] == [(1,)]
        assert await store.head() == 1

    async def test_a_held_claim_is_told_before_a_conflict(self, store: Store) -> None:
        claim = Claim("idempotency", "key")
        await store.append(of(placed("itm_1"), claims=(claim,)))
        with pytest.raises(ClaimTaken):
            await store.append(of(placed("itm_1"), claims=(claim,)))


class TestSize:
    async def test_the_largest_entry_is_accepted(self, store: Store) -> None:
        await store.append(of(sized(placed("itm_1"), ENTRY_MAX_BYTES)))
        assert [len(e.raw) for e in await store.read(0, 1)] == [ENTRY_MAX_BYTES]

    async def test_one_byte_more_is_refused(self, store: Store) -> None:
        with pytest.raises(EntryTooLarge):
            await store.append(of(sized(placed("itm_1"), ENTRY_MAX_BYTES + 1)))
        assert await store.head() == 0

    async def test_the_digits_of_the_position_count(self, store: Store) -> None:
        for number in range(9):
            await store.append(of(placed(f"itm_{number}")))
        with pytest.raises(EntryTooLarge):
            await store.append(of(sized(placed("itm_9"), ENTRY_MAX_BYTES)))
        await store.append(of(sized(placed("itm_9"), ENTRY_MAX_BYTES - 1)))
        assert [len(e.raw) for e in await store.read(9, 1)] == [ENTRY_MAX_BYTES]

    async def test_who_is_refused_does_not_hold_up_the_others(self, store: Store) -> None:
        appends = [
            of(placed("itm_1")),
            of(sized(placed("itm_2"), ENTRY_MAX_BYTES + 1)),
            of(sized(placed("itm_3"), ENTRY_MAX_BYTES)),
            of(placed("itm_1")),
            of(placed("itm_4")),
        ]
        outcomes = await asyncio.gather(*map(store.append, appends), return_exceptions=True)
        assert [type(o) for o in outcomes] == [tuple, EntryTooLarge, tuple, Conflict, tuple]
        assert sorted(o for o in outcomes if isinstance(o, tuple)) == [(1,), (2,), (3,)]


class TestWaiting:
    async def test_what_is_there_is_not_waited_for(self, store: Store) -> None:
        await store.append(of(placed("itm_1")))
        async with asyncio.timeout(30):
            assert await store.wait(0, 60) == 1

    async def test_an_append_wakes_who_waits(self, store: Store) -> None:
        async with asyncio.timeout(30), asyncio.TaskGroup() as group:
            waiting = [group.create_task(store.wait(0, 60)) for _ in range(3)]
            await asyncio.sleep(0.01)
            await store.append(of(placed("itm_1")))
        assert [task.result() for task in waiting] == [1, 1, 1]

    async def test_waiting_ends_at_the_time_out(self, store: Store) -> None:
        assert await store.wait(0, 0.01) == 0


class TestSnapshots:
    async def test_a_snapshot_is_kept(self, store: Store) -> None:
        snapshot = Snapshot("itm_1", 200, "code", b"state")
        await store.keep_snapshot(snapshot)
        assert await store.snapshot("itm_1", "code") == snapshot

    async def test_other_code_does_not_read_it(self, store: Store) -> None:
        await store.keep_snapshot(Snapshot("itm_1", 200, "code", b"state"))
        assert await store.snapshot("itm_1", "other") is None

    async def test_the_later_one_stays(self, store: Store) -> None:
        for version in (200, 400, 300):
            await store.keep_snapshot(Snapshot("itm_1", version, "code", b"%d" % version))
        kept = await store.snapshot("itm_1", "code")
        assert kept is not None
        assert kept.version == 400


class TestVault:
    async def test_disclosures_open_and_match_the_entry(self, store: Store) -> None:
        draft = placed("itm_1", name="Zaynab")
        await store.append(of(draft, placed("itm_2")))
        opened = await store.disclosures([draft.event_id, ids.event_id()])
        assert {d.name: d.value for d in opened[draft.event_id]} == {
            "name": "Zaynab",
            "phone": "+964 770",
        }
        assert opened.keys() == {draft.event_id}
        (entry,) = await store.load("itm_1")
        data = msgspec.json.decode(entry.envelope.data)
        assert sorted(d.digest for d in opened[draft.event_id]) == data["_sd"]
        assert b"Zaynab" not in entry.raw

    async def test_a_refused_append_discloses_nothing(self, store: Store) -> None:
        await store.append(of(placed("itm_1")))
        draft = placed("itm_1", name="Zaynab")
        with pytest.raises(Conflict):
            await store.append(of(draft))
        assert await store.disclosures([draft.event_id]) == {}

    async def test_erasing_a_person_leaves_the_history_as_it_was(self, store: Store) -> None:
        erased, kept = placed("itm_1", name="Zaynab"), placed("itm_2", person=ANA, name="Ana")
        await store.append(of(erased, kept))
        before = await store.read(0, 10)
        assert await store.erase(BEN) == 2
        assert (await store.disclosures([erased.event_id, kept.event_id])).keys() == {kept.event_id}
        assert await store.read(0, 10) == before
        assert await store.erased(BEN) == frozenset(Kind)
        assert await store.erased(ANA) == frozenset()

    async def test_erasing_again_changes_nothing_and_says_the_same(self, store: Store) -> None:
        await store.append(of(placed("itm_1", name="Zaynab")))
        assert await store.erase(BEN, [Kind.IDENTITY]) == 1
        assert await store.erase(BEN, [Kind.IDENTITY]) == 1
        assert await store.erase(BEN) == 2
        assert await store.erase(BEN) == 2

    async def test_a_kind_is_erased_by_itself(self, store: Store) -> None:
        draft = placed("itm_1", name="Zaynab")
        await store.append(of(draft))
        await store.erase(BEN, [Kind.CONTACT, Kind.HEALTH])
        assert await store.erased(BEN) == {Kind.CONTACT, Kind.HEALTH}
        (left,) = (await store.disclosures([draft.event_id]))[draft.event_id]
        assert (left.name, left.value) == ("name", "Zaynab")

    async def test_nothing_more_is_taken_of_what_was_erased(self, store: Store) -> None:
        await store.append(of(placed("itm_1", name="Zaynab")))
        await store.erase(BEN, [Kind.CONTACT])
        with pytest.raises(PersonErased) as refused:
            await store.append(of(placed("itm_2", name="Zaynab")))
        assert (refused.value.person, refused.value.kind) == (BEN, Kind.CONTACT)
        assert await store.head() == 1

    async def test_an_erased_person_is_still_spoken_of_by_id(self, store: Store) -> None:
        await store.erase(BEN)
        assert await store.append(of(placed("itm_1"))) == (1,)
