"""Marketplace, own store or social shop: what an order leaves on each, and which mix suits the firm's stage."""

import numpy as np
import pandas as pd
from scipy import special

from crossborder.errors import InputError, Refusal

__all__ = [
    "CONTROL",
    "STAGES",
    "break_even_acquisition",
    "break_even_or_none",
    "compare",
    "contribution_by_platform",
    "mix_scores",
    "platform_months",
    "scale_scores",
]

ORDER_COLUMNS = ("platform", "month", "orders", "revenue_usd", "goods_usd", "pieces", "visits", "ad_spend_usd")
PARTS = ("revenue", "goods", "commission", "payment", "fulfilment", "last_mile", "advertising")


# Conventions to start from, grade D: what part of customer data a seller keeps, and what matters at each stage.
CONTROL = {"own_store": 1.0, "social_shop": 0.4, "marketplace": 0.1}
STAGES = pd.DataFrame(
    {
        "control": [0.10, 0.20, 0.40],
        "traffic": [0.35, 0.25, 0.10],
        "cost": [0.20, 0.30, 0.25],
        "speed": [0.25, 0.10, 0.05],
        "safety": [0.10, 0.15, 0.20],
    },
    index=pd.Index(["start", "growth", "brand"], name="stage"),
)


def compare(months: pd.DataFrame | None, terms: pd.DataFrame | None, *, level: float = 0.9) -> pd.DataFrame | None:
    """`contribution_by_platform` of `platform_months`, or None where the company lacks platforms or sessions."""
    if months is None or terms is None:
        return None
    return contribution_by_platform(platform_months(months, terms), level=level)


def platform_months(months: pd.DataFrame, terms: pd.DataFrame) -> pd.DataFrame:
    """Contribution of an order by platform and month, part by part (USD an order; costs negative).

    `months`: platform, month, market, orders, revenue_usd (without tax), goods_usd, pieces, ad_spend_usd. `terms`:
    platform, market, commission_rate, payment_rate (fractions), fulfilment_fee_usd, last_mile_usd (a piece).
    """
    missing = {*ORDER_COLUMNS, "market"} - {"visits"} - set(months.columns)
    if missing:
        raise InputError.missing_columns("months", missing, months.columns)
    joined = months.merge(terms, on=["platform", "market"], how="left", validate="many_to_one")
    unknown = joined.loc[joined["commission_rate"].isna(), ["platform", "market"]].drop_duplicates()
    if len(unknown):
        raise InputError.out_of_range(
            "platform terms", "missing for " + ", ".join(f"{p} in {m}" for p, m in unknown.to_numpy()[:4]),
            "one row a platform and market", "add the rows to table 'platforms'",
        )  # fmt: skip
    revenue = joined["revenue_usd"]
    parts = pd.DataFrame(
        {
            "revenue": revenue,
            "goods": -joined["goods_usd"],
            "commission": -revenue * joined["commission_rate"],
            "payment": -revenue * joined["payment_rate"],
            "fulfilment": -joined["pieces"] * joined["fulfilment_fee_usd"],
            "last_mile": -joined["pieces"] * joined["last_mile_usd"],
            "advertising": -joined["ad_spend_usd"],
            "orders": joined["orders"],
        }
    )
    total = parts.groupby([joined["platform"], joined["month"]]).sum()
    total = total[total["orders"] > 0]
    each = total[list(PARTS)].div(total["orders"], axis=0)
    return each.assign(contribution=each.sum(axis=1), orders=total["orders"])


def contribution_by_platform(each: pd.DataFrame, *, level: float = 0.9) -> pd.DataFrame:
    """Contribution an order by platform over all months, with interval from the months' scatter, best first.

    `each`: result of `platform_months`. Columns: the parts, `contribution`, `low`, `high` (USD an order), `orders`,
    `total_usd` (contribution times orders), `p_best` (probability of the highest contribution an order).
    """
    counts = each["orders"].groupby("platform").agg(["sum", "size"])
    short = counts.index[counts["size"] < 3].tolist()
    if short:
        raise Refusal.because(
            f"no interval for {', '.join(short)}", "fewer than three months of orders", "wait, or leave out"
        )
    weight = each["orders"] / each["orders"].groupby("platform").transform("sum")
    columns = [*PARTS, "contribution"]
    mean = each[columns].mul(weight, axis=0).groupby("platform").sum()
    gap = each["contribution"] - mean["contribution"].reindex(each.index.get_level_values("platform")).to_numpy()
    n = counts["size"]
    error = np.sqrt((weight**2 * gap**2).groupby("platform").sum() * n / (n - 1))
    critical = special.stdtrit(n - 1, (1 + level) / 2)
    frame = mean.assign(
        low=mean["contribution"] - critical * error, high=mean["contribution"] + critical * error, orders=counts["sum"]
    )
    frame["total_usd"] = frame["contribution"] * frame["orders"]
    frame["p_best"] = _p_best(frame["contribution"].to_numpy(), error.to_numpy())
    return frame.sort_values("contribution", ascending=False)


def _p_best(mean: np.ndarray, sd: np.ndarray) -> np.ndarray:
    """Probability that each of independent normals is the largest, by quadrature."""
    if len(mean) == 1:
        return np.ones(1)
    sd = np.maximum(sd, 1e-12)
    nodes, weights = np.polynomial.hermite_e.hermegauss(61)
    x = mean[:, None] + sd[:, None] * nodes
    below = special.ndtr((x[:, :, None] - mean) / sd)
    below[np.arange(len(mean)), :, np.arange(len(mean))] = 1.0
    p = (below.prod(axis=2) * weights).sum(axis=1) / weights.sum()
    return p / p.sum()


def break_even_acquisition(summary: pd.DataFrame, platform: str, against: str) -> float:
    """The advertising an order (USD) at which `platform` leaves as much as `against`; below it `platform` wins."""
    for name in (platform, against):
        if name not in summary.index:
            raise InputError.unknown("platform", name, summary.index)
    before_ads = summary.loc[platform, "contribution"] - summary.loc[platform, "advertising"]
    return float(before_ads - summary.loc[against, "contribution"])


def break_even_or_none(summary: pd.DataFrame | None, platform: str, against: str) -> dict[str, float] | None:
    """`even` (break-even advertising an order, USD) and `now` (spent today), or None where a platform is not there."""
    if summary is None or not {platform, against} <= set(summary.index):
        return None
    spent = -float(summary.loc[platform, "advertising"])
    return {"even": break_even_acquisition(summary, platform, against), "now": spent}


def scale_scores(measures: pd.DataFrame, directions: pd.Series) -> pd.DataFrame:
    """Measures by platform scaled from 0 (worst) to 1 (best); a constant measure gives 0.5."""
    low, high = measures.min(), measures.max()
    unit = ((measures - low) / (high - low).where(high > low)).fillna(0.5)
    return unit.where(directions.reindex(measures.columns) > 0, 1 - unit, axis=1)


def mix_scores(
    scores: pd.DataFrame, stages: pd.DataFrame, *, rng: np.random.Generator, draws: int = 4000
) -> pd.DataFrame:
    """Which platform suits which stage of the firm, and a mix in proportion to the scores.

    `scores`: index platform, criteria 0 to 1 (data control, traffic, cost, speed ...). `stages`: index stage, one
    weight a criterion (rows add up to 1). Weights are drawn from a Dirichlet of concentration 20. Columns: `stage`,
    `platform`, `score`, `low`, `high` (5 % to 95 %), `p_best`, `mix` (fraction).
    """
    if set(scores.columns) != set(stages.columns):
        raise InputError.missing_columns("stages", set(scores.columns) ^ set(stages.columns), stages.columns)
    if not np.allclose(stages.sum(axis=1), 1.0) or (stages < 0).any(axis=None):
        raise InputError.out_of_range("stage weights", stages.sum(axis=1).to_dict(), "0 or more, adding up to 1", "")
    values = scores[stages.columns].to_numpy(dtype=float)
    alpha = np.maximum(20 * stages.to_numpy(dtype=float), 1e-9)
    gammas = rng.gamma(alpha[:, None, :], size=(len(stages), draws, stages.shape[1]))
    weights = gammas / gammas.sum(axis=2, keepdims=True)
    totals = weights @ values.T
    best = np.eye(len(scores))[np.argmax(totals, axis=2)].mean(axis=1)
    base = stages.to_numpy(dtype=float) @ values.T
    low, high = np.quantile(totals, [0.05, 0.95], axis=1)
    index = pd.MultiIndex.from_product([stages.index, scores.index], names=["stage", "platform"])
    frame = pd.DataFrame(
        {"score": base.ravel(), "low": low.ravel(), "high": high.ravel(), "p_best": best.ravel()}, index=index
    )
    share = frame["score"] / frame["score"].groupby("stage", sort=False).transform("sum")
    return frame.assign(mix=share).reset_index()


def stage_mix(
    measures: tuple[pd.DataFrame, pd.Series] | None, *, rng: np.random.Generator, stages: pd.DataFrame = STAGES
) -> pd.DataFrame | None:
    """Suggested share of effort by platform (row) and stage (column) from measures; None without them."""
    if measures is None:
        return None
    scores = mix_scores(scale_scores(*measures), stages, rng=rng)
    wide = scores.pivot_table(index="platform", columns="stage", values="mix")[list(stages.index)]
    best = scores.pivot_table(index="platform", columns="stage", values="p_best")[list(stages.index)]
    return wide.join(best.add_prefix("best for ")).reset_index()
