"""The command line: an error that is in the user's hands is one message on stderr and exit status 2."""

import json
import signal
import sys
from pathlib import Path
from typing import Annotated

import typer

from crossborder import language
from crossborder.errors import CrossborderError, InputError
from crossborder.reports import importing, project

__all__ = ["app", "main"]

app = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False, rich_markup_mode=None)
cache_app = typer.Typer(no_args_is_help=True, help="Finished notebooks and shared results kept for reuse.")
app.add_typer(cache_app, name="cache")
app.command(name="import")(importing.import_files)

COMMA = {"en": ", ", "zh": "，"}
Notebooks = Annotated[list[str] | None, typer.Argument(help="number, name or path of notebooks, such as 41")]
Assignments = Annotated[list[str] | None, typer.Option("-p", "--parameter", help="name=value, may be repeated")]
ParameterFile = Annotated[Path | None, typer.Option("--file", help="YAML file of parameters, read as text")]
Name = Annotated[str, typer.Option("--name", help="folder of the report below reports/")]
Force = Annotated[bool, typer.Option("--force", help="run again what did not change")]
Processes = Annotated[int, typer.Option("--processes", min=0, max=64, help="notebooks at once; 0 = cores + 1")]
RunSeconds = Annotated[float, typer.Option("--deadline", min=1, help="seconds for the whole run")]
Scheduler = Annotated[str, typer.Option("--scheduler", help="address of a Dask scheduler, such as tcp://host:8786")]
Memory = Annotated[float, typer.Option("--memory", min=0, help="megabytes that one notebook may take; 0 = no cap")]
NotebookSeconds = Annotated[float, typer.Option("--notebook-deadline", min=1, help="seconds for one notebook")]


@app.command()
def run(
    notebooks: Notebooks = None,
    parameter: Assignments = None,
    everything: Annotated[bool, typer.Option("--all", help="all notebooks")] = False,
    scenario: Annotated[str, typer.Option(help="short for -p scenario=")] = "",
    market: Annotated[str, typer.Option(help="short for -p market=")] = "",
    data: Annotated[str, typer.Option(help="short for -p data=")] = "",
    file: ParameterFile = None,
    name: Name = "",
    force: Force = False,
    processes: Processes = 0,
    deadline: RunSeconds = 1800,
    notebook_deadline: NotebookSeconds = 300,
    memory: Memory = 0,
    scheduler: Scheduler = "",
) -> None:
    """Run notebooks and write their report."""
    if everything == bool(notebooks):
        raise InputError("run what? allowed: the names of notebooks, or --all; `crossborder list` shows them")
    asked = _parameters(parameter, file, {"scenario": scenario, "market": market, "data": data})
    from crossborder.reports.planning import AT_ONCE, Request

    limits = {"notebook_seconds": notebook_deadline, "run_seconds": deadline, "memory_mb": memory}
    request = Request(tuple(notebooks or ()), asked, name, force, processes or AT_ONCE, scheduler=scheduler, **limits)
    # Wrong parameters must be told before anything heavy is imported.
    from crossborder.reports import progress, runs

    spoken = _language(asked)
    listener, screen = progress.listener(language=spoken)
    try:
        finished = runs.run(request, listener=listener)
    finally:
        screen.close()
    with language.using(spoken):
        raise typer.Exit(_say_end(finished))


@app.command()
def sweep(
    what: Annotated[list[str] | None, typer.Argument(help="a YAML file of a sweep, or notebooks; none = all")] = None,
    market: Annotated[str, typer.Option(help="markets, comma-separated")] = "",
    scenario: Annotated[str, typer.Option(help="scenarios, comma-separated")] = "",
    parameter: Assignments = None,
    file: ParameterFile = None,
    name: Name = "",
    force: Force = False,
    processes: Processes = 0,
    deadline: Annotated[float, typer.Option("--deadline", min=0, help="seconds for the whole sweep")] = 0,
    notebook_deadline: Annotated[float, typer.Option("--notebook-deadline", min=0, help="seconds for one")] = 0,
    memory: Memory = 0,
    scheduler: Scheduler = "",
) -> None:
    """Run notebooks for each market under each scenario; a file names them, the options go before the file."""
    from crossborder.reports import definition

    limits = {"processes": processes, "seconds": deadline, "notebook_seconds": notebook_deadline, "memory_mb": memory}
    given = {
        "name": name, "markets": _list(market), "scenarios": _list(scenario),
        "limits": {limit: value for limit, value in limits.items() if value},
    }  # fmt: skip
    asked = definition.combined(what or (), given, _parameters(parameter, file, {}))
    # A wrong file must be told before anything heavy is imported.
    from crossborder.reports import progress
    from crossborder.reports import sweep as sweeps

    listener, screen = progress.listener()
    try:
        page, ended = sweeps.sweep(asked, listener=listener, scheduler=scheduler, force=force)
    finally:
        screen.close()
    failed = sum(len(one.failed) for one in ended)
    typer.echo(f"{len(ended)} runs, {failed} notebooks failed: {_near(page)}")
    raise typer.Exit(1 if failed else 0)


@app.command()
def compare(
    before: Annotated[str, typer.Argument(help="a run below reports/, or its folder")],
    after: Annotated[str, typer.Argument(help="the other run")],
    as_json: Annotated[bool, typer.Option("--json", help="print everything as JSON")] = False,
) -> None:
    """Show which results moved between two runs, against their uncertainty, and which inputs changed."""
    from crossborder.reports import compare

    found = compare.compare(project.reports_folder(), before, after)
    typer.echo(json.dumps(found.as_data(), indent=1, ensure_ascii=False) if as_json else str(found))


@app.command()
def check(
    path: Annotated[str, typer.Argument(help="folder of a company's tables; with --describe, a table")] = "",
    describe: Annotated[bool, typer.Option("--describe", help="print what tables and columns mean")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="print everything as JSON")] = False,
) -> None:
    """Check a company's tables: everything that is wrong, in one report."""
    from crossborder.reports import checking

    if describe:
        typer.echo(checking.described(path, as_json))
        return
    text, clean = checking.checked(path or "data/demo", as_json)
    typer.echo(text)
    raise typer.Exit(0 if clean else 1)


@app.command()
def demo(
    to: Annotated[Path, typer.Option("--to", help="folder for the tables")],
    scale: Annotated[float, typer.Option(help="size: 1 is that of data/demo")] = 1.0,
    seed: Annotated[int | None, typer.Option(min=0, help="another seed gives another company")] = None,
    dirt: Annotated[bool, typer.Option("--dirt", help="plant defects, listed in the truth")] = False,
) -> None:
    """Make the simulated company's tables, with the truth behind them."""
    from crossborder.reports import demo_data

    typer.echo(demo_data.write(to, scale, seed, dirt))


@app.command()
def pdf(
    words: Annotated[list[str] | None, typer.Argument(metavar="[RUN] [NOTEBOOK]...", help="default: latest")] = None,
) -> None:
    """Print the pages of a report to PDF, and the whole as one (needs Chromium and the extra `pdf`)."""
    from crossborder.reports import pdf

    folder, notebooks = pdf.asked(project.reports_folder(), words or [])
    pdf.write(folder, notebooks, lambda path: typer.echo(_near(path)))


@app.command()
def translate(
    to: Annotated[Path, typer.Option("--to", help="a new folder for the copies")],
    language: Annotated[str, typer.Option("--language", help="language of the copies")] = "zh",
) -> None:
    """Copy the notebooks, their text and their language parameter in another language, to work with in JupyterLab."""
    from crossborder.reports import translation

    written = translation.copies(language, to)
    typer.echo(f"{len(written)} notebooks: {_near(to.resolve())}")


@app.command(name="list")
def list_notebooks(
    notebook: Annotated[str, typer.Argument(help="a notebook, to see its parameters")] = "",
    runs: Annotated[bool, typer.Option("--runs", help="the reports that are there")] = False,
) -> None:
    """List the notebooks and their questions, the parameters of one, or the reports."""
    from crossborder.reports import listing

    typer.echo(listing.runs() if runs else listing.parameters(notebook) if notebook else listing.notebooks())


@cache_app.command()
def clear() -> None:
    """Forget all finished notebooks and shared results, so that the next run computes everything again."""
    from crossborder.company import shared
    from crossborder.reports import kept

    notebooks, results = kept.clear(project.cache_folder()), shared.clear()
    typer.echo(f"{notebooks} finished notebooks and {results} shared results forgotten")


@cache_app.command()
def show() -> None:
    """Show what is kept for reuse: how many entries, and how large."""
    from crossborder.company import shared
    from crossborder.reports import kept

    rows = {f"finished notebooks/{name}": found for name, found in kept.sizes(project.cache_folder()).items()}
    rows |= {f"shared results/{name}": found for name, found in shared.sizes().items()}
    for name, (count, size) in rows.items():
        typer.echo(f"{name:<64} {count:5d}  {size / 1e6:8.1f} MB")
    count, size = (sum(found[part] for found in rows.values()) for part in (0, 1))
    typer.echo(f"{'together':<64} {count:5d}  {size / 1e6:8.1f} MB")


def main() -> None:
    """The console command `crossborder`."""
    # An ended process must still clear what it wrote aside.
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(143))
    try:
        app()
    except CrossborderError as wrong:
        print(wrong, file=sys.stderr)
        sys.exit(2)


def _parameters(assignments: list[str] | None, file: Path | None, short: dict[str, str]) -> dict[str, object]:
    """Parameters from a file, then from -p, then from their short options; the later wins."""
    asked: dict[str, object] = {}
    if file is not None:
        import yaml

        if not file.is_file():
            raise InputError(f"--file {file}: allowed: a YAML file of name: value lines")
        # The base loader keeps NO, on, 007 and 1e3 as written; the typed model reads them.
        loaded = yaml.load(file.read_text(encoding="utf-8"), yaml.BaseLoader)
        if not isinstance(loaded, dict):
            raise InputError(f"--file {file}: allowed: a YAML file of name: value lines")
        asked |= loaded
    for text in assignments or ():
        name, sign, value = text.partition("=")
        if not sign or not name:
            raise InputError(f"-p {text}: allowed: name=value, such as -p market=DE")
        asked[name.strip()] = value
    return asked | {name: value for name, value in short.items() if value}


def _language(asked: dict[str, object]) -> str:
    """The language that a run was asked for; a wrong one is refused with the other parameters."""
    return str(asked["language"]) if asked.get("language") in language.LANGUAGES else language.LANGUAGES[0]


def _say_end(finished: object) -> int:
    t, place = language.t, _near(finished.folder / "index.html")
    if finished.unchanged:
        typer.echo(f"{t('nothing changed')}: {place}")
        return 0
    count = {status: sum(one.status == status for one in finished.outcomes) for status in ("ok", "failed", "skipped")}
    told = {"ok": t("{count} finished", count=count["ok"]), "failed": t("{count} failed", count=count["failed"]),
            "skipped": t("{count} skipped", count=count["skipped"])}  # fmt: skip
    words = COMMA[language.current()].join(told[status] for status, number in count.items() if number)
    typer.echo(f"{words}: {place}")
    return 1 if finished.failed else 0


def _near(path: Path) -> str:
    """The path as seen from here, if it lies below."""
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)


def _list(text: str) -> list[str]:
    return list(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))


if __name__ == "__main__":
    main()
