"""The report of `crossborder import`: what went in, what came out, what was left out and why."""

import json
import re
from dataclasses import fields
from pathlib import Path
from typing import Annotated

import typer

from crossborder.errors import InputError

__all__ = ["import_files", "imported", "sources"]


def import_files(
    source: Annotated[str, typer.Argument(help="shopify, amazon-orders, generic ...; --list shows all")] = "",
    files: Annotated[list[Path] | None, typer.Argument(help="one or more files of the source")] = None,
    to: Annotated[Path | None, typer.Option("--to", help="folder of the company's tables")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="show what maps to what, write nothing")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="print the report as JSON")] = False,
    listed: Annotated[bool, typer.Option("--list", help="list the sources and what each reads")] = False,
    replace: Annotated[bool, typer.Option("--replace", help="put new tables in place of old ones")] = False,
    append: Annotated[bool, typer.Option("--append", help="add rows to tables that are there")] = False,
    skip_unreadable: Annotated[
        bool, typer.Option("--skip-unreadable", help="leave out rows that cannot be read")
    ] = False,
    lines: Annotated[
        Path | None, typer.Option("--lines", help="file (.csv, .parquet) for the fate of each line")
    ] = None,
    mapping: Annotated[Path | None, typer.Option("--map", help="YAML mapping, for generic")] = None,
    market: Annotated[str, typer.Option(help="market of rows that name none, such as DE")] = "",
    store_currency: Annotated[str, typer.Option("--store-currency", help="currency of rows that name none")] = "",
    time_zone: Annotated[str, typer.Option(help="zone of times that name none, such as Europe/London")] = "",
    locale: Annotated[str, typer.Option(help="language of a report, such as de; found out if empty")] = "",
    platform: Annotated[str, typer.Option(help="platform to note on the orders")] = "",
    encoding: Annotated[str, typer.Option(help="such as cp1252 or gb18030; found out if empty")] = "",
    delimiter: Annotated[str, typer.Option(help="comma, semicolon, tab or bar; found out if empty")] = "",
    decimal: Annotated[str, typer.Option(help="decimal mark, . or , ; found out if empty")] = "",
    date_order: Annotated[str, typer.Option(help="dmy, mdy or ymd; found out if empty")] = "",
    sheet: Annotated[str, typer.Option(help="sheet of an Excel workbook; all if empty")] = "",
    country: Annotated[list[str] | None, typer.Option("--country", help="NAME=CODE, may be repeated")] = None,
    usd_rate: Annotated[
        list[str] | None,
        typer.Option("--usd-rate", help="CODE=USD a unit, where none is published; may be repeated"),
    ] = None,
    name: Annotated[str, typer.Option(help="name of a new company")] = "",
    home: Annotated[str, typer.Option(help="home market of a new company, such as CN")] = "",
    reporting_currency: Annotated[str, typer.Option(help="reporting currency of a new company")] = "",
) -> None:
    """Read a company's own exports into its tables, with an account of every row and sum."""
    if listed:
        typer.echo(sources())
        return
    if not source or to is None:
        raise InputError("import what, and where to?\n  allowed: crossborder import SOURCE FILE... --to FOLDER")
    said = {
        "market": market, "currency": store_currency, "time_zone": time_zone, "locale": locale, "platform": platform,
        "encoding": encoding, "delimiter": delimiter, "decimal": decimal, "date_order": date_order, "sheet": sheet,
        "mapping": mapping,
    }  # fmt: skip
    profile = {"name": name, "home": home, "currency": reporting_currency, "usd_rates": _rates(usd_rate or [])}
    mode = {(False, False): "", (True, False): "replace", (False, True): "append"}.get((replace, append))
    if mode is None:
        raise InputError("--replace and --append\n  allowed: one of them")
    how = {"mode": mode, "dry_run": dry_run, "skip_unreadable": skip_unreadable, "lines": lines}
    text, accepted = imported(source, files or [], to, said, country or [], profile, how, as_json)
    typer.echo(text)
    raise typer.Exit(0 if accepted else 1)


def imported(
    source: str, files: list[Path], to: Path, said: dict[str, object], countries: list[str],
    profile: dict[str, object], how: dict[str, object], as_json: bool,
) -> tuple[str, bool]:  # fmt: skip
    """The import's report as text or JSON, and whether it was accepted.

    `said` are fields of the importers' Options, `how` those of the job's Request, `countries` texts NAME=CODE.
    """
    from crossborder.company.importers import job, registry
    from crossborder.company.importers.interface import Options

    known = {field.name for field in fields(Options)}
    options = Options(**{key: value for key, value in said.items() if key in known}, countries=_pairs(countries))
    request = job.Request(registry.importer(source), tuple(files), to, options, profile=profile, **how)
    report = job.run(request)
    if as_json:
        return json.dumps(report.as_data(), indent=1, ensure_ascii=False, default=str), report.accepted
    return str(report), report.accepted


def sources() -> str:
    """One line a source: its name and what it reads."""
    from crossborder.company.importers import registry

    found = [registry.importer(name) for name in registry.names()]
    return "\n".join(f"{one.name:<18} {one.reads}; makes {', '.join(one.tables)}" for one in found)


def _pairs(texts: list[str]) -> dict[str, str]:
    pairs = {}
    for text in texts:
        name, sign, code = text.rpartition("=")
        if not sign or not name.strip() or len(code.strip()) != 2:
            raise InputError(f"--country {text}\n  allowed: NAME=CODE, such as --country 'Channel Islands=GG'")
        pairs[name.strip()] = code.strip().upper()
    return pairs


def _rates(texts: list[str]) -> dict[str, str]:
    rates = {}
    for text in texts:
        code, _, rate = text.partition("=")
        if not re.fullmatch(r"[A-Za-z]{3}=\d*\.?\d+(e-?\d+)?", text.strip()) or not float(rate) > 0:
            raise InputError(f"--usd-rate {text}\n  allowed: CODE=USD a unit, such as --usd-rate ARS=0.00071")
        rates[code.strip().upper()] = rate.strip()
    return rates
