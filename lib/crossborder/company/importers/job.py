"""One import from files to a company's folder: open, read, account, write aside, check, move in."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from crossborder.company import folder_checks
from crossborder.company.importers import account, reading, usd, writing
from crossborder.company.importers.account import Report
from crossborder.company.importers.desk import Desk, quoted
from crossborder.company.importers.interface import Imported, Importer, Options, Source
from crossborder.errors import InputError
from crossborder.reference import exchange

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Request", "run"]


@dataclass(frozen=True)
class Request:
    """What is to be imported, and how.

    `mode`: "", "replace" or "append" for tables that the company already has. `skip_unreadable` leaves out rows with
    unreadable cells instead of refusing the files. `lines` is a file (.csv or .parquet) for the fate of every line.
    `profile` holds facts for a new company.yaml (name, home, currency).
    """

    importer: Importer
    files: tuple[Path, ...]
    to: Path
    options: Options = field(default_factory=Options)
    mode: str = ""
    dry_run: bool = False
    skip_unreadable: bool = False
    lines: Path | None = None
    profile: Mapping[str, object] = field(default_factory=dict)


def run(request: Request) -> Report:
    """The import asked for, with its report; nothing is written unless the report is accepted.

    Raises InputError for files that cannot be opened at all; everything else that is wrong stands in the report.
    """
    if not request.files:
        raise InputError(
            "import what?\n  allowed: one or more files\n  do: `crossborder import SOURCE FILE --to FOLDER`"
        )
    _own_rates(request)
    with Desk() as desk:
        importer = request.importer
        sources = [source for path in request.files for source in _opened(desk, importer, path, request.options)]
        report = _outline(desk, importer, sources, request.dry_run)
        if any(problem.severity == "error" for problem in desk.problems):
            return replace(report, problems=tuple(desk.problems), notes=tuple(desk.notes))
        imported = importer.read(desk, sources, request.options)
        _judge_unread(desk, request.skip_unreadable)
        # Each query runs more than once below; its rows are laid down first.
        imported = replace(
            imported,
            tables={name: f"FROM {desk.keep(query, name)}" for name, query in imported.tables.items()},
            lines=f"FROM {desk.keep(imported.lines, 'lines')}",
        )
        if imported.mapping:
            report = replace(report, **account.mapped_by_user(desk, imported.mapping, sources))
        report = replace(report, fates=account.fates(desk, imported), sums=account.sums(desk, imported))
        return _written(desk, request, imported, report)


def _own_rates(request: Request) -> None:
    """Makes the exchange rates that the company gives itself, in its folder or with this import, known."""
    given = folder_checks.read_yaml(request.to).get("usd_rates") or {}
    told = {"usd_rates": {**given, **request.profile.get("usd_rates", {})}}
    for problem in folder_checks.profile_problems(told):
        raise InputError(str(problem))
    exchange.own_rates(told["usd_rates"])


def _opened(desk: Desk, importer: Importer, path: Path, options: Options) -> list[Source]:
    if importer.opens is None:
        return reading.open_sources(desk, path, importer.fields, options, importer.quoted)
    return importer.opens(desk, reading.there(path), options)


def _outline(desk: Desk, importer: Importer, sources: "Sequence[Source]", dry_run: bool) -> Report:
    settings = [", ".join(f"{key} {value}" for key, value in source.settings.items()) for source in sources]
    listed = {"file": [s.name for s in sources], "rows": [s.rows for s in sources], "settings": settings}
    spare = {s.name: tuple(h for h in s.headers if h not in s.found.values()) for s in sources}
    empty = pd.DataFrame()
    mapping = account.mapped(desk, importer, sources)
    return Report(importer.name, pd.DataFrame(listed), mapping, spare, empty, empty, empty, dry_run=dry_run)


def _judge_unread(desk: Desk, skip: bool) -> None:
    if skip:
        desk.problems += [replace(problem, severity="note") for problem in desk.unread]
    else:
        remedy = "; or leave such rows out with --skip-unreadable"
        desk.problems += [replace(problem, remedy=problem.remedy + remedy) for problem in desk.unread]


def _written(desk: Desk, request: Request, imported: Imported, report: Report) -> Report:
    full = {name: query for name, query in imported.tables.items() if desk.one(f"SELECT count(*) FROM ({query})")[0]}
    target = request.to.absolute()
    profile = {**imported.profile, **{key: value for key, value in request.profile.items() if value}}
    with writing.aside(target) as folder:
        staged = writing.stage(desk, full, folder, target, request.mode, profile)
        if "orders" in full:
            usd.tell(desk, full["orders"], folder)
        made = [(one.table, one.rows, one.already_there) for one in staged]
        tables = pd.DataFrame(made, columns=["table", "rows", "rows_already_there"])
        report = replace(report, tables=tables, problems=tuple(desk.problems), notes=tuple(desk.notes))
        if request.lines is not None and not request.dry_run:
            desk.run(f"COPY ({imported.lines}) TO {quoted(request.lines)}")
        if report.accepted and not request.dry_run and staged:
            report = replace(report, written=tuple(writing.move_in(folder, target)))
    return report
