"""The command line: what a person types after ./homeward."""

import ast
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from homeward import checks, compose, folder, operator, stack
from homeward.folder import Kind
from homeward.processes import CannotStart
from homeward.stack import Stack
from homeward.supervisor import answers, until_told_to_end

HOME = Path(os.environ.get("HOMEWARD_HOME", Path(__file__).parents[4]))

app = typer.Typer(
    help="Homeward: a returnee's plan, a vendor's invoice, and the proof.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
console = Console(highlight=False, soft_wrap=True)

SIGN_IN = ("hana", "jozef", "eva", "marta", "ivan", "elif", "dana")
"""The people of the demonstration whom the console is for; their passwords are printed."""

Data = Annotated[
    Path | None,
    typer.Option(help="Keep the data in this folder (else .homeward, or .homeward-2, ...)."),
]
Port = Annotated[
    int | None,
    typer.Option(min=1024, max=65535, help="Put the console on this port (else a free one)."),
]
PASSED_ON = {"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []}


def main() -> None:
    """Run the command; a hindrance is told in a sentence, and the code is 1."""
    try:
        app(prog_name="./homeward")
    except CannotStart as hindrance:
        errors = Console(stderr=True, highlight=False, soft_wrap=True, markup=False)
        errors.print(str(hindrance), style="red")
        sys.exit(1)


@app.command()
def demo(
    exit_: Annotated[
        bool, typer.Option("--exit", help="End after the story; 0 only if everything held.")
    ] = False,
    programme: Annotated[
        list[str] | None,
        typer.Option(help="Play the cases of this programme alone (may be said several times)."),
    ] = None,
    data: Data = None,
    port: Port = None,
) -> None:
    """Play each programme's invented cases, registration to payment.

    Starts everything on this machine, with data of its own that begins empty each time, and then
    stays so that you can look around. Ctrl-C stops everything.
    """
    from homeward import pages  # noqa: PLC0415  not needed by the other commands
    from homeward.demo import story  # noqa: PLC0415

    for name in programme or ():
        if name not in story.PROGRAMMES:
            raise typer.BadParameter(f"{name}: there is {', '.join(story.PROGRAMMES)}")
    pages.check(HOME, sorted((HOME / "programmes").glob("*.yaml")))
    played = tuple(programme or story.PROGRAMMES)
    console.print("[bold]Homeward[/bold]  a returnee's plan, a vendor's invoice, and the proof")
    _run("demo", data, port, ends=exit_, tell=lambda up: story.tell(up, console, played))


@app.command()
def up(
    data: Data = None,
    port: Port = None,
    new_epoch: Annotated[
        bool,
        typer.Option(
            "--new-epoch",
            help="First put all personal values under a new key and destroy the one before.",
        ),
    ] = False,
    restore_audit: Annotated[
        Path | None,
        typer.Option(
            "--restore-audit",
            help="First fill the audit service's empty database from this folder of log files.",
        ),
    ] = None,
) -> None:
    """Start everything and stay.

    Goes on with the data that is there. Ctrl-C stops everything.
    """
    _run("up", data, port, ends=False, new_epoch=new_epoch, restore_audit=restore_audit)


def _run(
    kind: Kind,
    data: Path | None,
    port: int | None,
    *,
    ends: bool,
    tell: Callable[[Stack], bool] | None = None,
    new_epoch: bool = False,
    restore_audit: Path | None = None,
) -> None:
    """Start everything, tell the story if there is one, and stay or end."""
    held: list[bool] = []
    with until_told_to_end(), folder.held(HOME, kind, data) as place, console.status("") as status:
        if new_epoch:
            place.begin_epoch(stack.STORED)
        told = _told(console)
        waiting = _waiting(status.update)
        with stack.running(
            place,
            kind,
            console_port=port,
            told=told,
            waiting=waiting,
            restore_audit=restore_audit,
        ) as running:
            status.stop()
            if tell:
                held += _beside(running, tell)
            if not ends:
                _say_where(running)
                running.supervisor.watch()
    if ends and held != [True]:
        raise typer.Exit(1)


def _told(to: Console) -> Callable[[str], None]:
    return lambda sentence: to.print(f"  {sentence}", markup=False)


def _waiting(update: Callable[[str], None]) -> Callable[[str], None]:
    return lambda what: update(f"starting {what} ...")


def _beside(running: Stack, tell: Callable[[Stack], bool]) -> list[bool]:
    """Tell the story beside the supervisor, so that what dies meanwhile is started again.

    Whether it held; nothing when it broke off.
    """
    held: list[bool] = []
    telling = threading.Thread(target=lambda: held.append(tell(running)), daemon=True)
    telling.start()
    running.supervisor.watch(until=lambda: not telling.is_alive())
    return held


def _say_where(running: Stack) -> None:
    console.print()
    for name in ("console", "intake", "plans", "vendors", "disbursement", "audit"):
        ending = "" if name == "console" else "/docs"
        console.print(f"  {name:<14}{running.addresses[name]}{ending}")
    for name in SIGN_IN:
        console.print(f"  {'sign in as':<14}{name:<8}{running.secrets.passwords[name]}")
    path = running.folder.path
    passwords = path / "files" / "issuer" / "secrets.json"
    console.print(f"  {'all of them':<14}{passwords}")
    removed = ", removed with ./homeward reset" if path in folder.all_of(HOME) else ""
    console.print(f"  stop with Ctrl-C; data in {path}{removed}")


@app.command(context_settings=PASSED_ON)
def test(context: typer.Context) -> None:
    """Run every check and test.

    What follows is passed on to pytest, which then runs alone.
    """
    raise typer.Exit(checks.run(HOME, context.args, console))


@app.command(context_settings=PASSED_ON)
def bench(context: typer.Context) -> None:
    """Measure against named baselines: bench store [--json].

    Every figure and its baseline are taken in the same run.
    """
    name, *arguments = context.args or ["--help"]
    known = {
        path.stem: (ast.get_docstring(ast.parse(path.read_text("utf-8"))) or "").partition("\n")[0]
        for path in sorted((HOME / "bench").glob("*.py"))
        if path.stem[0] != "_"
    }
    if name in ("--help", "-h"):
        console.print(f"{context.command.help}\n", markup=False)
        for bench_name, says in known.items():
            console.print(f"  {bench_name:<10}{says}", markup=False)
        raise typer.Exit(0 if context.args else 1)
    if name not in known:
        raise CannotStart(f"There is no bench of that name. There is: {', '.join(known)}.")
    _python("-m", f"bench.{name}", *arguments)


@app.command(context_settings=PASSED_ON)
def verify(context: typer.Context) -> None:
    """Check a copied log offline: verify FOLDER [--why pay_...]."""
    os.environ["HOMEWARD_VERIFY_AS"] = "./homeward verify"
    _python("-m", "audit.verify", *context.args)


@app.command(context_settings=PASSED_ON)
def witness(context: typer.Context) -> None:
    """Watch over a log for those who pay: witness --help."""
    os.environ["HOMEWARD_WITNESS_AS"] = "./homeward witness"
    _python("-m", "audit.witness", *context.args)


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def operate(
    context: typer.Context,
    service: Annotated[str, typer.Argument(help="Whose: intake, plans, vendors, ...")],
    data: Annotated[
        Path | None, typer.Option(help="The copy on this folder (else the one that runs here).")
    ] = None,
) -> None:
    """See what stands still or was refused: operate SERVICE stops.

    \b
    SERVICE stops       which consumers stand still at an event that they cannot take
    SERVICE refusals    what policies asked for and the domain refused
    SERVICE vault       whether every personal value is kept, or was erased by an event
    SERVICE resume CONSUMER SOURCE --by per_omar
                        let one try again, after what was wrong has been put right
    SERVICE skip CONSUMER SOURCE POSITION --by per_omar --why "..."
                        let one go on without the event, for ever
    SERVICE remake      throw the service's stream away; its relay fills it from the database.
                        For a relay that stands still before another history; then resume it.

    Works on the copy that runs here. --by is kept as it is given: who may read the data folder is
    taken for an operator.
    """  # noqa: D301  the backspace keeps the lines as they are
    path = folder.running(HOME, data)
    module, environment = operator.command(path, service, context.args)
    os.environ.update(environment)
    _python("-m", *module)


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def screening(
    context: typer.Context,
    data: Annotated[
        Path | None, typer.Option(help="The copy on this folder (else the one that runs here).")
    ] = None,
) -> None:
    """Load a sanctions list: screening load FILE.

    FILE or URL: the publisher's own XML, the UN's, the EU's or OFAC's. All vendors are screened on
    it, unless it leaves out much of the list that is searched now: that waits for another person's
    word. Nobody signs in here, so the event names no person.
    """
    module, environment = operator.screening(folder.running(HOME, data), context.args)
    os.environ.update(environment)
    _python("-m", *module)


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def rates(
    context: typer.Context,
    data: Annotated[
        Path | None, typer.Option(help="The copy on this folder (else the one that runs here).")
    ] = None,
) -> None:
    """Load exchange rates: rates load FILE.

    FILE or URL: the publisher's own XML, the UN's operational rates or the ECB's reference rates.
    Nobody signs in here, so the events name no person.
    """
    module, environment = operator.rates(folder.running(HOME, data), context.args)
    os.environ.update(environment)
    _python("-m", *module)


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def export(
    context: typer.Context,
    data: Annotated[
        Path | None, typer.Option(help="The copy on this folder (else the one that runs here).")
    ] = None,
) -> None:
    """Export a grant: export donor_report SK-2023-AVRR.

    \b
    In one of four forms:
    iati            the public: an activity of IATI 2.03, in XML
    ocds            the public: each order by OCDS 1.1.5, in JSON
    hxl             the public: figures under HXL's hashtags, in CSV
    donor_report    the donor: budget against actual, payments and their papers, in a zip

    --out FILE says where to, --cut-off N as of which position of the history (else all of it),
    --from 2026-07-01 from which day on (ocds, donor_report). Nobody signs in here, so the event
    names no person.
    """  # noqa: D301  the backspace keeps the lines as they are
    module, environment = operator.export(folder.running(HOME, data), context.args)
    os.environ.update(environment)
    _python("-m", *module)


@app.command(context_settings=PASSED_ON)
def replay(context: typer.Context) -> None:
    """Make views again from the log alone: replay --as-of 2026-10-31.

    Of the log that runs here, or of a copy of it: a folder or a zip. replay --help tells all.
    """
    from homeward import replaying  # noqa: PLC0415  imports a service

    raise typer.Exit(replaying.run(HOME, context.args))


@app.command(context_settings=PASSED_ON)
def audit(
    context: typer.Context,
    data: Annotated[
        Path | None, typer.Option(help="The copy on this folder (else the one that runs here).")
    ] = None,
) -> None:
    """Take from the log what auditors need: audit sample.

    \b
    bundle           the log for an auditor, or what is of --grant G for who gave the money;
                     --disclose vendors --token FILE: with the names of who was paid
    export ocel      all of it for process mining, by OCEL 2.0
    export tables    all of it as CSV, with control totals and a data dictionary
    sample payments monetary_unit --confidence 95 --materiality 5000.00EUR
                     items to look at, each with its receipt; also: random --items 20
    verify BUNDLE    the same as ./homeward verify
    verify-export ZIP BUNDLE
                     hold a sample or an export against a bundle of the whole log

    --grant, --from, --to and --cut-off say of what; audit sample --help tells the rest.
    """  # noqa: D301  the backspace keeps the lines as they are
    what, helps = context.args[:1], {"--help", "-h"} & {*context.args}
    if what in ([], ["--help"], ["-h"]):
        typer.echo(context.get_help())
        raise typer.Exit(0 if helps else 2)
    if what in (["verify"], ["verify-export"]):
        os.environ["HOMEWARD_VERIFY_AS"] = f"./homeward audit {context.args[0]}"
        _python("-m", f"audit.{context.args[0].replace('-', '_')}", *context.args[1:])
    if helps:
        _python("-m", "audit.exports.command", *context.args)
    module, environment = operator.audit(folder.running(HOME, data), context.args)
    os.environ.update(environment)
    _python("-m", *module)


@app.command()
def rebuild(
    view: Annotated[str, typer.Argument(help="Such as ledger, or disbursement.ledger.")],
    data: Annotated[
        Path | None, typer.Option(help="The copy on this folder (else the one that runs here).")
    ] = None,
) -> None:
    """Empty a view of a service that runs, and have it made again.

    It is made from all of the service's history. Whoever reads it meanwhile sees it fill.
    """
    module, environment = operator.rebuild(folder.running(HOME, data), view)
    os.environ.update(environment)
    _python("-m", *module)


def _python(*arguments: str) -> None:
    """Become that program; paths that were typed mean what they meant."""
    os.environ["PYTHONPATH"] = str(HOME)
    os.execv(sys.executable, [sys.executable, "-P", *arguments])  # noqa: S606


@app.command()
def services() -> None:
    """Tell what runs here, where, and whether it is ready.

    Ends with 0 when all of it is ready.
    """
    well = True
    running = [path for path in folder.all_of(HOME) if folder.is_held(path)]
    for path in running:
        state = folder.state(path)
        table = Table(
            "program", "address", "process", "state", title=str(path), title_justify="left"
        )
        for name, server in state.get("servers", {}).items():
            address = f"127.0.0.1:{server['port']}"
            table.add_row(f"{name} {server['version']}", address, str(server["pid"]), "running")
        for name, program in state.get("programs", {}).items():
            ready = program["ready"] is None or answers(program["ready"])
            well = well and ready
            address = state["addresses"].get(name, "")
            told = "ready" if ready else f"[red]not ready, see {program['log']}[/red]"
            table.add_row(name, address, str(program["pid"]), told)
        console.print(table)
    if not running:
        console.print("Nothing runs in this checkout. Start it with: ./homeward up")
    raise typer.Exit(0 if running and well else 1)


@app.command()
def reset(
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Delete the local data: databases, streams, files, logs."""
    found = [path for path in folder.all_of(HOME) if not folder.is_held(path)]
    busy = [path for path in folder.all_of(HOME) if folder.is_held(path)]
    for path in busy:
        console.print(f"A copy runs on {path}; it stays.")
    if not found:
        console.print("There is nothing to delete.")
        return
    names = ", ".join(path.name for path in found)
    if not yes and not typer.confirm(f"Delete {names} with everything in it?"):
        raise typer.Exit(1)
    for path in found:
        folder.remove(path)
    console.print(f"Deleted {names}.")


@app.command()
def programme(files: Annotated[list[Path], typer.Argument(help="YAML files.")]) -> None:
    """Check programme files: every mistake by line and field."""
    from homeward import pages  # noqa: PLC0415  imports a service

    pages.check(HOME, [file.resolve() for file in files])
    console.print("No mistake found.")


@app.command("compose")
def prepare_compose() -> None:
    """Make the passwords and keys that docker-compose.yml needs."""
    made = compose.prepare(HOME)
    console.print(f"Wrote {made}. Now: docker compose --env-file {made.name}/env up --build")


@app.command()
def lock(
    upgrade: Annotated[bool, typer.Option("--upgrade", help="Take the newest versions.")] = False,
) -> None:
    """Write requirements.lock anew (needs the package index)."""
    members = sorted(HOME.glob("*/*/pyproject.toml"))
    own = [f"--no-emit-package=homeward-{path.parent.name}" for path in members]
    done = subprocess.run(
        [
            *(HOME / ".tools/bin/uv", "pip", "compile", "--quiet", "--universal"),
            *("--python-version", "3.11", "--generate-hashes", "--no-emit-index-url"),
            *("--no-header", "--no-annotate", *own, "--group", "test"),
            *(("--upgrade",) if upgrade else ()),
            *(path.relative_to(HOME) for path in members),
            *("-o", "requirements.lock"),
        ],
        cwd=HOME,
        stdout=subprocess.DEVNULL,
        check=False,
    )
    raise typer.Exit(done.returncode)


@app.command()
def generate() -> None:
    """Write the event catalogue, schemas and golden events anew."""
    from homeward import generate  # noqa: PLC0415  imports every service

    for path in generate.write(HOME):
        console.print(f"wrote {path}")
