"""The report of an import: rows in and out, what was left out and why, sums before and after, everything wrong."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING

import pandas as pd

from crossborder.company.importers.interface import Imported, Importer, Rule, Source
from crossborder.company.problems import Problem, as_text

if TYPE_CHECKING:
    from crossborder.company.importers.desk import Desk

__all__ = ["Report", "fates", "mapped", "mapped_by_user", "sums"]

HALF_CENT = 0.005


@dataclass(frozen=True)
class Report:
    """What an import did, or (dry run) would do.

    `files`: file, rows, settings. `mapping`: source column, header found, target, rule, example. `fates`: what became
    of the lines: fate, left_out, rows. `sums`: measure, currency, before, in_tables, left_out, difference. `tables`:
    table, rows, rows_already_there. `written` names the files written.
    """

    importer: str
    files: pd.DataFrame
    mapping: pd.DataFrame
    unmapped: Mapping[str, tuple[str, ...]]
    fates: pd.DataFrame
    sums: pd.DataFrame
    tables: pd.DataFrame
    problems: tuple[Problem, ...] = ()
    notes: tuple[str, ...] = ()
    dry_run: bool = False
    written: tuple[str, ...] = field(default_factory=tuple)

    @property
    def rows_in(self) -> int:
        """Lines read from all files."""
        return int(self.files["rows"].sum())

    @property
    def balanced(self) -> bool:
        """Whether every sum before equals the sum in the tables plus the sum left out, to the cent."""
        return bool((self.sums["difference"].abs() < HALF_CENT).all()) if len(self.sums) else True

    @property
    def accepted(self) -> bool:
        """Whether nothing stands against writing the tables."""
        return self.balanced and not any(problem.severity == "error" for problem in self.problems)

    def as_data(self) -> dict[str, object]:
        """The report as plain data for JSON."""
        frames = {name: getattr(self, name) for name in ("files", "mapping", "fates", "sums", "tables")}
        return {
            "importer": self.importer,
            "accepted": self.accepted,
            "balanced": self.balanced,
            "dry_run": self.dry_run,
            "rows_in": self.rows_in,
            **{name: frame.to_dict("records") for name, frame in frames.items()},
            "unmapped": {name: list(columns) for name, columns in self.unmapped.items()},
            "problems": [asdict(problem) for problem in self.problems],
            "notes": list(self.notes),
            "written": list(self.written),
        }

    def __str__(self) -> str:
        head = f"{self.importer}: {self.rows_in:,} rows in"
        parts = [head, *(f"  {row.file}: {row.rows:,} rows; {row.settings}" for row in self.files.itertuples())]
        if self.dry_run:
            parts += ["", "what maps to what", *self._mapping_lines()]
        parts += ["", "rows", *self._fate_lines()] if len(self.fates) else []
        parts += ["", "sums", *self._sum_lines()] if len(self.sums) else []
        parts += ["", *(f"note: {note}" for note in self.notes)] if self.notes else []
        parts += ["", as_text(self.problems)] if self.problems else []
        return "\n".join([*parts, "", self._end()])

    def _mapping_lines(self) -> list[str]:
        wide = max([len(text) for text in self.mapping["source"]], default=0)
        lines = [
            f"  {row.source:<{wide}} -> {row.target or '(read, not stored)'}: {row.how}"
            + (f"; such as {row.example!r}" if row.example else "" if row.found else "; not in the file")
            for row in self.mapping.itertuples()
        ]
        left = [f"  {file}: not used: {', '.join(columns)}" for file, columns in self.unmapped.items() if columns]
        return lines + left

    def _fate_lines(self) -> list[str]:
        ordered = self.fates.sort_values(["left_out", "rows"], ascending=[True, False])
        return [f"  {row.rows:>12,}  {'left out: ' if row.left_out else ''}{row.fate}" for row in ordered.itertuples()]

    def _sum_lines(self) -> list[str]:
        lines = []
        for row in self.sums.itertuples():
            amounts = f"{row.before:,.3f} before = {row.in_tables:,.3f} in the tables + {row.left_out:,.3f} left out"
            off = "" if abs(row.difference) < HALF_CENT else f"; DIFFERENCE {row.difference:,.3f}"
            lines.append(f"  {row.measure} {row.currency}: {amounts}{off}")
        return lines

    def _end(self) -> str:
        made = ", ".join(f"{row.table} {row.rows:,} rows" for row in self.tables.itertuples())
        errors = sum(problem.severity == "error" for problem in self.problems)
        if not self.accepted:
            why = f"{errors} problems" if errors else "the sums do not agree"
            return f"nothing written: {why}"
        if self.dry_run:
            return f"nothing written: dry run; it would give {made}"
        return f"written: {made}" if self.written else f"nothing to write: {made}"


def fates(desk: "Desk", imported: Imported) -> pd.DataFrame:
    """What became of the lines: fate, left_out, rows (a line of which a part was taken counts once, with its first)."""
    return desk.frame(
        f"SELECT fate, left_out, count(*) FILTER (part_ = 1) AS rows, count(*) FILTER (part_ > 1) AS rests"
        f" FROM ({imported.lines}) GROUP BY ALL ORDER BY left_out, rows DESC, fate"
    )


def sums(desk: "Desk", imported: Imported) -> pd.DataFrame:
    """For each measure and currency: the file's sum, what the tables give back, what was left out, the difference."""
    frames = []
    for measure, expressions in imported.measures.items():
        back = " UNION ALL ".join(
            f"SELECT currency, CAST(round({expression}, 6) AS DECIMAL(28, 6)) AS amount FROM ({imported.tables[table]})"
            for table, expression in expressions.items()
        )
        frames.append(
            desk.frame(
                f"WITH line AS (SELECT currency, sum({measure}) AS before,"
                f" coalesce(sum({measure}) FILTER (left_out), 0) AS left_out FROM ({imported.lines}) GROUP BY ALL),"
                f" made AS (SELECT currency, sum(amount) AS in_tables FROM ({back}) GROUP BY ALL)"
                f" SELECT '{measure}' AS measure, coalesce(currency, '') AS currency,"
                f" CAST(coalesce(before, 0) AS DOUBLE) AS before, CAST(coalesce(in_tables, 0) AS DOUBLE) AS in_tables,"
                f" CAST(coalesce(left_out, 0) AS DOUBLE) AS left_out,"
                f" CAST(coalesce(before, 0) - coalesce(in_tables, 0) - coalesce(left_out, 0) AS DOUBLE) AS difference"
                f" FROM line FULL JOIN made USING (currency) ORDER BY currency"
            )
        )
    columns = ["measure", "currency", "before", "in_tables", "left_out", "difference"]
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=columns)


def mapped(desk: "Desk", importer: Importer, sources: list[Source]) -> pd.DataFrame:
    """The mapping with the header found for each source column and an example value of the files."""
    rows = []
    for rule in importer.mapping:
        names = [name.strip() for name in rule.source.split(",")]
        hits = [(source, name) for source in sources for name in names if source.has(name)]
        example = next((value for hit in hits if (value := _example(desk, *hit))), "")
        shown = " + ".join(dict.fromkeys(source.found[name] for source, name in hits)) or _header(importer, names)
        rows.append((shown, rule.target, rule.how, example, bool(hits)))
    return pd.DataFrame(rows, columns=["source", "target", "how", "example", "found"])


def mapped_by_user(desk: "Desk", rules: tuple[Rule, ...], sources: list[Source]) -> dict[str, object]:
    """The `mapping` and `unmapped` of a report whose rules name the files' own headers."""
    rows = []
    for rule in rules:
        hits = [source for source in sources if source.has(rule.source)]
        example = next((value for source in hits if (value := _example(desk, source, rule.source))), "")
        rows.append((rule.source, rule.target, rule.how, example, bool(hits) or not rule.source))
    used = {rule.source for rule in rules}
    spare = {source.name: tuple(h for h in source.headers if h not in used) for source in sources}
    return {"mapping": pd.DataFrame(rows, columns=["source", "target", "how", "example", "found"]), "unmapped": spare}


def _example(desk: "Desk", source: Source, name: str) -> str:
    cell = '"' + name.replace('"', '""') + '"'
    found = desk.rows(f"SELECT CAST({cell} AS VARCHAR) FROM {source.table} WHERE {cell} IS NOT NULL LIMIT 1")
    return found[0][0][:60] if found else ""


def _header(importer: Importer, names: list[str]) -> str:
    first = {field.name: field.headers[0] for field in importer.fields}
    return " + ".join(first.get(name, name) for name in names)
