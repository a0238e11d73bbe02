"""How a table of the dictionary is written down."""

from collections.abc import Iterable
from dataclasses import replace

from audit.exports.columns import Column, Kind, Of, Source, Table, Take

D = "disbursement"
V = "vendors"
P = "plans"
I = "intake"  # noqa: E741  as the others
A = "audit"


def types(service: str, *names: str) -> list[str]:
    """Wire types: without a version it is the first one."""
    return [f"{service}.{name if '.v' in name else f'{name}.v1'}" for name in names]


def first(name: str, kind: Kind, pointer: str, types: Iterable[str], meaning: str) -> Column:
    """As the first of these entries tells it."""
    return Column(name, kind, meaning, tuple(Source(each, pointer) for each in types))


def last(name: str, kind: Kind, pointer: str, types: Iterable[str], meaning: str) -> Column:
    """As the last of these entries tells it."""
    return replace(first(name, kind, pointer, types, meaning), take=Take.LAST)


def entry(name: str, types: Iterable[str], meaning: str) -> Column:
    """The index of the last of these entries."""
    told = tuple(Source(each) for each in types)
    return Column(name, Kind.INTEGER, meaning, told, Take.LAST, Of.INDEX)


def conversion(subject: str) -> tuple[Column, ...]:
    """What was paid by the grant's rule, and whether that still counts."""
    counts = [*types(D, f"{subject}_converted"), *types(D, f"{subject}_conversion_corrected")]
    withdrawn = types(D, f"{subject}_conversion_withdrawn")
    stands = tuple(Source(each) for each in (*counts, *withdrawn))
    return (
        *money(
            "by_rule",
            "/data/by_rule",
            counts,
            "The same by the grant's rule, where it is another currency",
            take=Take.LAST,
        ),
        Column(
            "conversion",
            Kind.CODE,
            "What was said last of that: withdrawn, it counts for nothing",
            stands,
            Take.LAST,
            Of.TYPE,
        ),
    )


def money(
    name: str, pointer: str, types: Iterable[str], meaning: str, *, take: Take = Take.FIRST
) -> tuple[Column, Column]:
    """An amount, and its currency in the column beside it."""
    told, currency = tuple(types), "currency" if name == "amount" else f"{name}_currency"
    amount = first(name, Kind.AMOUNT, f"{pointer}/amount", told, meaning)
    beside = first(currency, Kind.CURRENCY, f"{pointer}/currency", told, f"The currency of {name}")
    return replace(amount, take=take, currency=currency), replace(
        beside, take=Take.FIRST if take is Take.SUM else take
    )


def table(
    name: str,
    meaning: str,
    id_: str,
    *columns: Column | tuple[Column, ...],
    key: str,
    also: Iterable[str] = (),
    dated: tuple[str, ...],
) -> Table:
    """`also`: types that say no more of the row than that it went on."""
    own = [one for each in columns for one in (each if isinstance(each, tuple) else (each,))]
    told = dict.fromkeys([s.type for column in own for s in column.sources] + list(also))
    of_any = tuple(Source(each) for each in told)
    head = (
        Column(id_, Kind.ID, "Its id", tuple(Source(each, key) for each in told)),
        Column("first_entry", Kind.INTEGER, "Log index of the first entry", of_any, of=Of.INDEX),
        Column(
            "last_entry",
            Kind.INTEGER,
            "Log index of the last entry",
            of_any,
            Take.LAST,
            Of.INDEX,
        ),
        Column("stands_at", Kind.CODE, "What the last entry says", of_any, Take.LAST, Of.TYPE),
    )
    return Table(name, meaning, key, (*head, *own), dated)
