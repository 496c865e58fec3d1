"""Tables from the desk to a company's folder: written aside, checked, merged with what is there, moved into place."""

import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from crossborder.company import checks, files
from crossborder.company.importers.desk import quoted
from crossborder.company.problems import FIRST_ROWS, Problem
from crossborder.company.tables import TABLES
from crossborder.company.tables.contract import Table
from crossborder.errors import InputError

if TYPE_CHECKING:
    from crossborder.company.importers.desk import Desk

__all__ = ["Staged", "aside", "move_in", "stage"]

TYPES = {
    "text": "VARCHAR", "integer": "BIGINT", "number": "DOUBLE", "boolean": "BOOLEAN", "date": "DATE",
    "timestamp": "TIMESTAMPTZ",
}  # fmt: skip
MODES = ("", "replace", "append")


@dataclass(frozen=True)
class Staged:
    """A table written aside: its rows from the import, and how many of them the company already had."""

    table: str
    rows: int
    already_there: int


@contextmanager
def aside(target: Path) -> Iterator[Path]:
    """A folder beside the company's, gone at the end whatever happens."""
    target.parent.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=f".{target.name}-import-", dir=target.parent))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def stage(
    desk: "Desk", tables: Mapping[str, str], folder: Path, target: Path, mode: str, profile: Mapping[str, object]
) -> list[Staged]:  # fmt: skip
    """Write the tables of an import into `folder`, merged with those of `target` as `mode` says, and check them.

    `mode` empty: a table that is already there is a problem; "replace" takes its place; "append" adds rows, leaves out
    those that are there already, and reports keys that are there with other contents. Problems go to the desk.
    """
    if mode not in MODES:
        raise InputError.unknown("mode", mode, MODES)
    staged = []
    for name, query in tables.items():
        desk.run(f"CREATE OR REPLACE TABLE out_{name} AS SELECT {_cells(desk, TABLES[name], query)} FROM ({query})")
        rows = desk.one(f"SELECT count(*) FROM out_{name}")[0]
        there = files.locate(target, name) if target.is_dir() else None
        known, select = 0, f"FROM out_{name}"
        if there is not None and mode == "":
            remedy = "say --replace to put the new rows in its place, or --append to add them"
            desk.problems.append(
                Problem.of(there.name, name, "", "the company already has this table", remedy, count=1)
            )
        elif there is not None and mode == "append":
            known, select = _appended(desk, TABLES[name], there)
        desk.run(f"COPY ({select}) TO {quoted(folder / f'{name}.parquet')} (FORMAT parquet, COMPRESSION zstd)")
        staged.append(Staged(name, int(rows), int(known)))
    _write_profile(desk, [one.table for one in staged], folder, target, profile)
    desk.problems += [p for p in checks.check(folder).problems if p.severity != "note"] if staged else []
    return staged


def move_in(folder: Path, target: Path) -> list[str]:
    """Move what was written aside into the company's folder, `company.yaml` last; names of the files."""
    names = sorted((path.name for path in folder.iterdir()), key=lambda name: (name == "company.yaml", name))
    if not target.exists():
        folder.chmod(0o755)
        os.rename(folder, target)
        return names
    for name in names:
        old = files.locate(target, Path(name).stem) if name.endswith(".parquet") else None
        os.replace(folder / name, target / name)
        if old is not None and old != target / name:
            shutil.rmtree(old) if old.is_dir() else old.unlink()
    return names


def _cells(desk: "Desk", table: Table, query: str) -> str:
    """The contract's columns that the query gives, in the contract's order and types."""
    there = desk.columns(f"({query})")
    return ", ".join(f'CAST("{c.name}" AS {TYPES[c.kind]}) AS "{c.name}"' for c in table.columns if c.name in there)


def _appended(desk: "Desk", table: Table, there: Path) -> tuple[int, str]:
    """How many new rows were there already, and the query of old and new rows together."""
    new = f"out_{table.name}"
    if there.suffix == ".csv":
        call = f"read_csv({quoted(there)}, all_varchar = true, header = true)"
    else:
        call = f"read_parquet({quoted(there if there.is_file() else there / '**' / '*.parquet')})"
    desk.run(f"CREATE OR REPLACE TABLE old_{table.name} AS SELECT {_cells(desk, table, f'FROM {call}')} FROM {call}")
    shared = [c for c in desk.columns(new) if c in desk.columns(f"old_{table.name}")]
    key = [c for c in table.key if c in shared] or shared
    same_key = " AND ".join(f'o."{c}" IS NOT DISTINCT FROM n."{c}"' for c in key)
    same_row = " AND ".join(f'o."{c}" IS NOT DISTINCT FROM n."{c}"' for c in shared)
    known = desk.one(f"SELECT count(*) FROM {new} n SEMI JOIN old_{table.name} o ON {same_row}")[0]
    if table.key:
        clash = (
            f"FROM (SELECT * FROM {new} n ANTI JOIN old_{table.name} o ON {same_row}) n"
            f" SEMI JOIN old_{table.name} o ON {same_key}"
        )
        count = desk.one(f"SELECT count(*) {clash}")[0]
        if count:
            shown = desk.rows(f"SELECT concat_ws(' / ', {', '.join(f'n.{c}' for c in key)}) {clash} LIMIT {FIRST_ROWS}")
            rule = f"key ({', '.join(key)}) is already there with other contents"
            remedy = "say --replace, or leave these rows out of the new file"
            desk.problems.append(
                Problem.of(there.name, table.name, key[0], rule, remedy, (), [row[0] for row in shown], int(count))
            )
    fresh = f"SELECT * FROM {new} n ANTI JOIN old_{table.name} o ON {same_row}"
    return int(known), f"SELECT * FROM old_{table.name} UNION ALL BY NAME {fresh}"


def _write_profile(desk: "Desk", tables: list[str], folder: Path, target: Path, profile: Mapping[str, object]) -> None:
    """`company.yaml` as it was, with the latest day and all markets; a new one where there was none."""
    import yaml

    old = target / "company.yaml"
    content = (yaml.load(old.read_text(encoding="utf-8"), yaml.BaseLoader) or {}) if old.is_file() else {}
    rates = {**content.get("usd_rates", {}), **profile.get("usd_rates", {})}
    content = {"name": target.name, "home": "CN", "currency": "USD"} | dict(profile) | content
    content |= {"usd_rates": rates} if rates else {}
    days, markets = [content["as_of"]] if "as_of" in content else [], set(content.get("markets", []))
    for name in tables:
        columns, path = {c.name for c in TABLES[name].columns}, quoted(folder / f"{name}.parquet")
        if TABLES[name].dated_by:
            latest = f"strftime(max(CAST(\"{TABLES[name].dated_by}\" AS TIMESTAMP)), '%Y-%m-%d')"
            days += [row[0] for row in desk.rows(f"SELECT {latest} FROM read_parquet({path})") if row[0]]
        if "market" in columns:
            markets |= {row[0] for row in desk.rows(f"SELECT DISTINCT market FROM read_parquet({path})") if row[0]}
    content |= {"as_of": max(days)} if days else {}
    listed = [*content.get("markets", []), *sorted(markets - set(content.get("markets", [])))]
    content |= {"markets": listed} if listed else {}
    text = yaml.safe_dump(content, sort_keys=False, allow_unicode=True)
    (folder / "company.yaml").write_text(text, encoding="utf-8")
