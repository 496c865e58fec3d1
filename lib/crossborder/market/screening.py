"""Which markets to enter: gates that must hold, apart from scores that are traded off, and how sure the order is."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from crossborder.errors import InputError, Refusal

__all__ = [
    "Ranking",
    "gate_table",
    "growth_gate",
    "opportunity_grid",
    "opportunity_index",
    "rank_without",
    "scaled",
    "weighted_ranking",
]

# Weights to start from, grade D: potential 0.6, barriers 0.4; and whether more of a measure is better.
WEIGHTS = pd.Series(
    {
        "size": 0.20, "growth": 0.20, "spend_per_user": 0.10, "headroom": 0.10,
        "tariff": 0.10, "delivery_days": 0.10, "rules": 0.08, "crowding": 0.12,
    }
)  # fmt: skip
DIRECTIONS = pd.Series(
    {
        "size": 1, "growth": 1, "spend_per_user": 1, "headroom": 1,
        "tariff": -1, "delivery_days": -1, "rules": 1, "crowding": -1,
    }
)  # fmt: skip
# Gates beside growth: measure, limit, side and what is said of a market that fails; limits are conventions, grade D.
GATES = pd.DataFrame(
    [
        ("reach", 0.60, "min", "payment reach {value:.0%}, at least {limit:.0%}"),
        ("lost", 0.05, "max", "{value:.0%} of orders lost to waiting, at most {limit:.0%}"),
        ("certificates_days", 120.0, "max", "certificates take {value:.0f} days, at most {limit:.0f}"),
    ],
    columns=["measure", "limit", "side", "reason"],
).set_index("measure")

NAMES = {"reach": "payment reach", "lost": "loss to waiting", "certificates_days": "time for certificates"}


@dataclass(frozen=True)
class Ranking:
    """How often each market takes each rank when weights and scores vary.

    `summary`: index market; `score` at the given weights, `rank`, `expected_rank`, `p_first`, `p_top3`, sorted.
    `ranks`: probability by market (row) and rank (column 1, 2, ...). `central`: mean weights of the draws in which a
    market comes first (SMAA, Lahdelma, Hokkanen and Salminen 1998).
    """

    summary: pd.DataFrame
    ranks: pd.DataFrame
    central: pd.DataFrame


def growth_gate(probability: pd.Series, *, go: float = 0.8, no_go: float = 0.2) -> pd.DataFrame:
    """Go, watch or no-go from the probability that growth is above its floor; columns `probability`, `verdict`."""
    if not 0 <= no_go < go <= 1:
        raise InputError.out_of_range("no_go, go", (no_go, go), "0 <= no_go < go <= 1", "")
    if not probability.between(0, 1).all():
        raise InputError.out_of_range("probability", probability.to_dict(), "0 to 1 for every market", "")
    verdict = np.select([probability >= go, probability < no_go], ["go", "no-go"], default="watch")
    return pd.DataFrame({"probability": probability, "verdict": verdict}).sort_values("probability", ascending=False)


def gate_table(values: pd.DataFrame, gates: pd.DataFrame) -> pd.DataFrame:
    """Which market passes which gate, and the reasons of those that fail.

    `values`: index market, one column a measure. `gates`: index measure; `limit`, `side` (min or max), `reason` (words
    with {value} and {limit}). Columns: one True/False a gate, `passes`, `reasons`. Missing values fail with their name.
    """
    missing = set(gates.index) - set(values.columns)
    if missing:
        raise InputError.missing_columns("values", missing, values.columns)
    wrong = set(gates["side"]) - {"min", "max"}
    if wrong:
        raise InputError.unknown("side", sorted(wrong)[0], ("min", "max"))
    measured = values[gates.index]
    low = measured.ge(gates["limit"]) & gates["side"].eq("min")
    high = measured.le(gates["limit"]) & gates["side"].eq("max")
    passed = low | high
    words = [_reasons(measured.loc[m], passed.loc[m], gates) for m in values.index]
    return passed.assign(passes=passed.all(axis=1), reasons=words)


def _reasons(row: pd.Series, passed: pd.Series, gates: pd.DataFrame) -> str:
    failed = passed.index[~passed]
    parts = [
        f"{NAMES.get(name, name)} is not known"
        if pd.isna(row[name])
        else gates.loc[name, "reason"].format(value=row[name], limit=limit)
        for name, limit in gates.loc[failed, "limit"].items()
    ]
    return "; ".join(parts)


def scaled(scores: pd.DataFrame, directions: pd.Series) -> pd.DataFrame:
    """Scores from 0 (worst market) to 1 (best); `directions`: 1 (more is better) or -1; constant columns give 0.5."""
    if set(scores.columns) != set(directions.index):
        raise InputError.missing_columns("directions", set(scores.columns) ^ set(directions.index), directions.index)
    if not directions.isin([1, -1]).all():
        raise InputError.out_of_range("directions", directions.to_dict(), "1 or -1", "")
    holes = scores.columns[~np.isfinite(scores.astype(float)).all()]
    if len(holes):
        raise InputError.out_of_range(
            f"scores of {', '.join(map(str, holes))}", "missing", "a number for every market", "leave the market out"
        )
    spread = scores.max() - scores.min()
    unit = (scores - scores.min()) / spread.where(spread > 0, np.nan)
    unit = unit.fillna(0.5)
    return unit.where(directions.reindex(scores.columns) > 0, 1 - unit, axis=1)


def weighted_ranking(
    scores: pd.DataFrame,
    weights: pd.Series,
    *,
    rng: np.random.Generator,
    sd: pd.DataFrame | None = None,
    concentration: float | None = 20.0,
    draws: int = 10_000,
) -> Ranking:
    """Ranks of markets by weighted sum, with weights and scores uncertain.

    `scores`: index market, 0 to 1, more is better (see `scaled`). `weights` add up to 1. Weights are drawn from a
    Dirichlet with mean `weights` and this `concentration` (20: each weight within about a third of itself; None:
    all weights equally likely). `sd`: error of each score, same shape.
    """
    weights = _checked_weights(scores, weights)
    values = scores.to_numpy(dtype=float)
    count, criteria = values.shape
    alpha = np.ones(criteria) if concentration is None else concentration * weights.to_numpy()
    drawn = rng.dirichlet(np.maximum(alpha, 1e-9), draws)
    totals = drawn @ values.T
    if sd is not None:
        # The error of a weighted sum of independent errors, drawn once a market and draw.
        error = np.sqrt(drawn**2 @ (sd.reindex_like(scores).to_numpy(dtype=float) ** 2).T)
        totals = totals + error * rng.standard_normal((draws, count))
    place = np.argsort(np.argsort(-totals, axis=1, kind="stable"), axis=1)
    table = np.stack([(place == r).mean(axis=0) for r in range(count)], axis=1)
    ranks = pd.DataFrame(table, index=scores.index, columns=pd.Index(range(1, count + 1), name="rank"))
    base = scores @ weights
    summary = pd.DataFrame(
        {
            "score": base,
            "rank": base.rank(ascending=False, method="first").astype(int),
            "expected_rank": ranks.to_numpy() @ np.arange(1, count + 1),
            "p_first": ranks[1],
            "p_top3": ranks.iloc[:, :3].sum(axis=1),
        }
    )
    first = place == 0
    wins = first.sum(axis=0)[:, None]
    central = np.divide(first.T.astype(float) @ drawn, wins, out=np.full((count, criteria), np.nan), where=wins > 0)
    order = summary.sort_values(["p_first", "expected_rank"], ascending=[False, True]).index
    return Ranking(
        summary.loc[order],
        ranks.loc[order],
        pd.DataFrame(central, index=scores.index, columns=scores.columns).loc[order],
    )


def _checked_weights(scores: pd.DataFrame, weights: pd.Series) -> pd.Series:
    if set(scores.columns) != set(weights.index):
        raise InputError.missing_columns("weights", set(scores.columns) ^ set(weights.index), weights.index)
    if (weights < 0).any() or not np.isclose(weights.sum(), 1.0):
        raise InputError.out_of_range("weights", weights.to_dict(), "0 or more, adding up to 1", "divide by their sum")
    if len(scores) < 2:
        raise Refusal.because("a ranking has no meaning", f"{len(scores)} market", "give at least two markets")
    return weights.reindex(scores.columns)


def rank_without(scores: pd.DataFrame, weights: pd.Series) -> pd.DataFrame:
    """The order when one criterion is left out: `without`, `first`, `top3`, `same_first` as with all of them."""
    weights = _checked_weights(scores, weights)
    whole = (scores @ weights).idxmax()
    rows = []
    for name in scores.columns:
        rest = weights.drop(name)
        order = (scores[rest.index] @ (rest / rest.sum())).sort_values(ascending=False, kind="stable").index
        rows.append(
            {
                "without": name,
                "first": order[0],
                "top3": ", ".join(map(str, order[:3])),
                "same_first": order[0] == whole,
            }
        )
    return pd.DataFrame(rows)


def opportunity_index(frame: pd.DataFrame, directions: pd.Series) -> pd.Series:
    """Geometric mean of percentile ranks (0 to 1) of size, growth, competition ..., by row: weak anywhere is weak.

    `directions`: measure -> 1 (more is better) or -1. Used for tiers of a country, countries, or cells of a grid.
    """
    chosen = frame[list(directions.index)].astype(float)
    if chosen.isna().any(axis=None):
        raise InputError.out_of_range("measures", "missing", "a number in every row", "leave the row out")
    rank = chosen.mul(directions).rank(pct=True)
    return np.exp(np.log(rank).mean(axis=1)).rename("opportunity")


def opportunity_grid(estimates: pd.DataFrame, sellers: pd.Series) -> pd.DataFrame:
    """Opportunity of every market x category cell from size, growth and sales a seller: market rows, category columns.

    `estimates`: index (market, category) with `size` and `growth`; `sellers`: same index, active sellers.
    """
    frame = estimates[["size", "growth"]].assign(sales_per_seller=estimates["size"] / sellers.reindex(estimates.index))
    index = opportunity_index(frame, pd.Series({"size": 1, "growth": 1, "sales_per_seller": 1}))
    rows, columns = estimates.index.names
    grid = index.reset_index().pivot_table(index=rows, columns=columns, values="opportunity")
    return grid.loc[grid.mean(axis=1).sort_values(ascending=False).index]


def entry_gates(
    estimates: pd.DataFrame, gate: pd.DataFrame, local: pd.DataFrame, *, floor: float, gates: pd.DataFrame = GATES
) -> pd.DataFrame:
    """All gates together: growth (passes unless its verdict is no-go), payment reach, waiting, certificates.

    `gate`: result of `growth_gate`; `local`: `reach`, `lost`, `certificates_days` by market. Columns: one True/False a
    gate, `passes`, `reasons`.
    """
    passed = gate_table(local.reindex(estimates.index), gates)
    grows = gate["verdict"].reindex(estimates.index).ne("no-go")
    words = "growth of " + estimates["growth"].map("{:.0%}".format) + f" is below {floor:.0%}"
    both = [", ".join(filter(None, pair)) for pair in zip(words.where(~grows, ""), passed["reasons"], strict=True)]
    return passed.assign(growth=grows, passes=passed["passes"] & grows, reasons=both)


def scored(measures: pd.DataFrame, estimates: pd.DataFrame, *, level: float) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Scaled scores and their errors: size and growth carry the error of their intervals, the others none known.

    Measures that no market has (all missing) are left out; a market that lacks one gets its mean.
    """
    from scipy import special

    known = measures.dropna(axis="columns", how="all").astype(float)
    known = known.fillna(known.mean())
    scores = scaled(known, DIRECTIONS[known.columns])
    sd = scores * 0.0
    span, reach = known.max() - known.min(), float(special.ndtri((1 + level) / 2))
    if span["size"] > 0:
        sd["size"] = np.log(estimates["size_high"] / estimates["size"]).reindex(sd.index) / reach / span["size"]
    if span["growth"] > 0:
        width = (estimates["growth_high"] - estimates["growth_low"]).reindex(sd.index)
        sd["growth"] = width / (2 * reach) / span["growth"]
    return scores, sd
