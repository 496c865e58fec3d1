"""The figures that industry reports cite: claims to test and bands to compare with, never evidence."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from crossborder.errors import InputError
from crossborder.reference.files import read

__all__ = ["Benchmark", "benchmark", "benchmarks", "claims"]

CHOICES = ("topic", "source", "unit", "geography", "kind")


@dataclass(frozen=True)
class Benchmark:
    """A band of cited values of one metric; an open end means that a claim says only 'at least' or 'at most'."""

    metric: str
    low: float
    high: float
    unit: str
    better: str
    low_open: bool
    high_open: bool
    scope: str
    source: str
    claim_ids: tuple[str, ...]
    confidence: str

    def place(self, value: float) -> str:
        """Where a value stands: below, within or above the band, an open end counting as within."""
        if not np.isfinite(value):
            raise InputError.out_of_range(self.metric, value, "a finite number")
        if value < self.low and not self.low_open:
            return "below"
        return "above" if value > self.high and not self.high_open else "within"


def claims(
    topic: str | Iterable[str] | None = None,
    source: str | Iterable[str] | None = None,
    metric: str | None = None,
    unit: str | Iterable[str] | None = None,
    geography: str | Iterable[str] | None = None,
    kind: str | Iterable[str] | None = None,
    subject: str | None = None,
    repeats: bool = True,
) -> pd.DataFrame:
    """The 681 cited figures, one row each; filters take one value or several, `metric` and `subject` part of the text.

    An exact value has value_low = value_high; "at least" has only value_low, "at most" only value_high. Shares and
    rates are fractions; `pp_fraction` is a difference of shares. `kind` = anecdote is one firm's result, uplift a
    general one; neither is causal evidence. `repeats=False` drops rows that tell an earlier claim again, which is
    what an average needs. `as_of` is the year told or the year of the report. Confidence: C names an institution, D
    does not.
    """
    table = read("claims.csv", dates=("as_of",))
    wanted = {"topic": topic, "source": source, "unit": unit, "geography": geography, "kind": kind}
    for column, value in wanted.items():
        if value is not None:
            table = table[table[column].isin(_choices(table, column, value))]
    for column, part in (("metric", metric), ("subject", subject)):
        if part is not None:
            table = table[table[column].str.contains(part, case=False, regex=False)]
    if not repeats:
        table = table[~table["repeat"]]
    return table.reset_index(drop=True)


def benchmarks(metric: str | Iterable[str] | None = None) -> pd.DataFrame:
    """Bands of cited values, one row a metric, each derived from the claims named in `claim_ids`.

    `low` and `high` are the lowest and highest cited value; `low_open` (`high_open`) says that the claim at that end
    is an "at most" ("at least"), so that the band goes on. `better` says which direction is good.
    """
    links = read("benchmark_claims.csv")
    if metric is not None:
        links = links[links["metric"].isin(_choices(links, "metric", metric))]
    values = read("claims.csv").set_index("claim_id")[["value_low", "value_high"]]
    rows = links.join(values, on="claim_id")
    low = rows["value_low"].fillna(rows["value_high"])
    rows = rows.assign(low=low, high=rows["value_high"].fillna(rows["value_low"]))
    rows["at_most"], rows["at_least"] = rows["value_low"].isna(), rows["value_high"].isna()
    grouped = rows.groupby("metric", sort=True)
    frame = grouped.agg(
        low=("low", "min"),
        high=("high", "max"),
        unit=("unit", "first"),
        better=("better", "first"),
        scope=("scope", "first"),
        source=("source", lambda names: ", ".join(sorted(set(names)))),
        claim_ids=("claim_id", "|".join),
        claims=("claim_id", "size"),
        confidence=("confidence", "max"),  # the weakest
    )
    edge = rows.assign(
        low_open=(rows["low"] == rows["metric"].map(frame["low"])) & rows["at_most"],
        high_open=(rows["high"] == rows["metric"].map(frame["high"])) & rows["at_least"],
    )
    opened = edge.groupby("metric")[["low_open", "high_open"]].any()
    order = ["metric", "low", "high", "unit", "better", "low_open", "high_open", "scope"]
    return frame.join(opened).reset_index()[[*order, "source", "claim_ids", "claims", "confidence"]]


def benchmark(metric: str) -> Benchmark:
    """One band; raises InputError for an unknown metric with the nearest name."""
    row = benchmarks(metric).iloc[0].drop("claims").to_dict()
    return Benchmark(**{**row, "claim_ids": tuple(row["claim_ids"].split("|"))})


def _choices(table: pd.DataFrame, column: str, value: str | Iterable[str]) -> list[str]:
    """The wanted values of a column, each known."""
    wanted = [value] if isinstance(value, str) else list(value)
    known = set(table[column])
    for name in wanted:
        if name not in known:
            raise InputError.unknown(column, name, known)
    return wanted
