"""The `eventsourcing` library's own published test cases, unmodified, against our store.

All of its cases for recorders are here, the optional one on subscriptions included, and none is
skipped. Not here, because they are about its own database drivers and not about recorders, are
its cases for connection pools; and of its factory's, `aggregate_recorder(purpose="snapshots")`,
which no published case asks for: our store keeps snapshots by itself.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from eventsourcing.persistence import ApplicationRecorder, ProcessRecorder
from eventsourcing.tests import persistence as published
from eventsourcing.utils import Environment
from libs.events.tests.contract import bridge

from homeward.postgres import Database


class OnOurStore:
    """An empty database of ours for each case."""

    @pytest.fixture(autouse=True)
    def _bridge(self, emptied: Database) -> Iterator[None]:
        self.database = emptied
        self.bridge = bridge.Bridge(emptied.app)
        yield
        self.bridge.close()


class TestAggregateRecorder(OnOurStore, published.AggregateRecorderTestCase):
    def create_recorder(self) -> bridge.Recorder:
        return bridge.Recorder(self.bridge)


class TestApplicationRecorder(OnOurStore, published.ApplicationRecorderTestCase[Any]):
    def create_recorder(self) -> ApplicationRecorder:
        return bridge.ApplicationRecorder(self.bridge)

    def test_insert_subscribe(self) -> None:
        self.optional_test_insert_subscribe()


class TestTrackingRecorder(OnOurStore, published.TrackingRecorderTestCase):
    def create_recorder(self) -> bridge.TrackingRecorder:
        return bridge.TrackingRecorder(self.bridge)


class TestProcessRecorder(OnOurStore, published.ProcessRecorderTestCase):
    def create_recorder(self) -> ProcessRecorder:
        return bridge.ProcessRecorder(self.bridge)


class TestNotificationIdsDoNotInterleave(
    OnOurStore, published.NonInterleavingNotificationIDsBaseCase
):
    def create_recorder(self) -> ApplicationRecorder:
        return bridge.ApplicationRecorder(self.bridge)


class OwnTrackingRecorder(bridge.TrackingRecorder):
    """What an application may put in its place."""


class TestFactory(OnOurStore, published.InfrastructureFactoryTestCase[bridge.Factory]):
    def setUp(self) -> None:
        self.env = Environment(
            env={
                "PERSISTENCE_MODULE": bridge.__name__,
                "HOMEWARD_DATABASE_URL": self.database.app,
            }
        )
        super().setUp()

    def expected_factory_class(self) -> type[bridge.Factory]:
        return bridge.Factory

    def expected_aggregate_recorder_class(self) -> type[bridge.Recorder]:
        return bridge.Recorder

    def expected_application_recorder_class(self) -> type[bridge.ApplicationRecorder]:
        return bridge.ApplicationRecorder

    def expected_tracking_recorder_class(self) -> type[bridge.TrackingRecorder]:
        return bridge.TrackingRecorder

    def tracking_recorder_subclass(self) -> type[bridge.TrackingRecorder]:
        return OwnTrackingRecorder

    def expected_process_recorder_class(self) -> type[bridge.ProcessRecorder]:
        return bridge.ProcessRecorder
