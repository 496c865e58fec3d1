"""Markets from country names or codes: every name gets its code, or is told."""

from typing import TYPE_CHECKING

from crossborder.company.importers.desk import quoted
from crossborder.company.importers.interface import Options, Source
from crossborder.company.problems import Problem
from crossborder.errors import InputError
from crossborder.reference.countries import country_names, name_key

if TYPE_CHECKING:
    from crossborder.company.importers.desk import Desk

__all__ = ["with_market"]


def with_market(desk: "Desk", table: str, column: str, source: Source, options: Options, default: str = "") -> str:
    """A table with a column `market` (ISO 3166-1 alpha-2) beside the names or codes in `column`; its name on the desk.

    Empty cells take `options.market`, else `default`, else ZZ, and are counted in a note, as are names whose code is
    a convention (Unspecified, Channel Islands). Unknown names are a problem. `options.countries` goes before the list.
    """
    empty = (options.market or default or "ZZ").upper()
    if len(empty) != 2 or not empty.isalpha():
        raise InputError.out_of_range("market", empty, "two letters such as DE")
    names = desk.rows(f"SELECT trim({column}), count(*), min(row_) FROM {table} GROUP BY 1 ORDER BY 2 DESC, 1")
    listed = country_names().set_index("key")
    own = {name_key(name): code for name, code in options.countries.items()}
    pairs, unknown = [], []
    for name, count, row in names:
        key = name_key(name or "")
        if not key:
            if not options.market:
                desk.note(f"{source.name}: {count:,} rows without a country are put to {empty}")
            continue
        if key in own:
            pairs.append((name, own[key]))
        elif key in listed.index:
            pairs.append((name, listed.at[key, "market"]))
            if listed.at[key, "note"]:
                desk.note(f"{source.name}: country {name!r} is {listed.at[key, 'market']} on {count:,} rows:"
                          f" {listed.at[key, 'note']}")  # fmt: skip
        else:
            unknown.append((name, count, row))
    if unknown:
        remedy = f"say what it is, such as --country {unknown[0][0]!r}=DE"
        rows, values = [row for *_, row in unknown], [name for name, *_ in unknown]
        header = source.found.get(column, column)
        rule = "is not a country that is known"
        total = sum(count for _, count, _ in unknown)
        desk.problems.append(Problem.of(source.name, "", header, rule, remedy, rows, values, total))
    values = ", ".join(f"({quoted(name)}, {quoted(code)})" for name, code in pairs) or "(NULL, NULL)"
    return desk.keep(
        f"SELECT t.*, coalesce(p.code, {quoted(empty)}) AS market FROM {table} t"
        f" LEFT JOIN (VALUES {values}) p(name, code) ON trim(t.{column}) = p.name"
    )
