"""Whatever happens can be told in plain words: the audit service has a sentence for every event."""

from audit.trail.words import FIELD, SAID
from homeward.generate import registries


def test_every_event_has_its_sentence_and_every_sentence_its_facts() -> None:
    stems = set()
    for registry in registries():
        for kind in registry:
            stem = kind.name.rpartition(".v")[0]
            stems.add(stem)
            assert stem in SAID, f"{kind.name} has no words in audit.trail.words"
            told = {name.partition(".")[0] for name in FIELD.findall(SAID[stem])}
            unknown = told - set(kind.public)
            assert not unknown, f"{kind.name} has no public {unknown}"
    assert stems == set(SAID), f"nobody emits {set(SAID) - stems}"
