"""`python -m homeward.bank`: the bank simulator as a process of its own."""

import asyncio
import os
import signal
from pathlib import Path
from typing import Annotated

import typer

from events.io.system import SystemClock
from homeward.bank.behaviour import BadRule, Rule
from homeward.bank.desk import Desk, Pace

LOOK_EVERY_SECONDS = 0.1


def main(
    *,
    folder: Annotated[
        Path | None,
        typer.Option(help="With `to_bank` and `from_bank`. Without it: HOMEWARD_DATA/bank."),
    ] = None,
    settle: Annotated[float, typer.Option(help="Seconds from acceptance to booking.")] = 0.3,
    late: Annotated[float, typer.Option(help="The same, for a transfer that is late.")] = 5.0,
    back: Annotated[float, typer.Option(help="Seconds from booking to a return.")] = 3.0,
    mt940: Annotated[bool, typer.Option(help="Statements in MT940, not camt.053.")] = False,
    when: Annotated[
        list[str] | None,
        typer.Option(help="A rule: '700000.000 IQD=late', 'Al-Noor=reject-AC04'."),
    ] = None,
) -> None:
    """Take payment orders from a folder, pay each transfer once, and answer as a bank does."""
    try:
        rules = [Rule.parse(text) for text in when or ()]
    except BadRule as error:
        raise typer.BadParameter(str(error)) from None
    if folder is None:
        if "HOMEWARD_DATA" not in os.environ:
            raise typer.BadParameter("say --folder, or set HOMEWARD_DATA")
        folder = Path(os.environ["HOMEWARD_DATA"]) / "bank"
    desk = Desk(folder, SystemClock(), pace=Pace(settle, late, back), rules=rules, mt940=mt940)
    try:
        asyncio.run(_serve(desk))
    finally:
        desk.close()


async def _serve(desk: Desk) -> None:
    """Look into the folder ten times a second, until told to stop."""
    told_to_stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, told_to_stop.set)
    while not told_to_stop.is_set():
        desk.tick()
        try:
            async with asyncio.timeout(LOOK_EVERY_SECONDS):
                await told_to_stop.wait()
        except TimeoutError:
            continue


if __name__ == "__main__":
    typer.run(main)
