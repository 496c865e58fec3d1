"""Which suppliers are good, safe and improving: scorecard, gates, tiers, trend and early warning, ESG, identity.

Sources: C. L. Hwang and K. Yoon, Multiple Attribute Decision Making, Springer 1981 (weighted scoring, entropy
weights); T. L. Saaty, Journal of Mathematical Psychology 15, 1977 (pairwise weights); H. B. Mann, Econometrica 13,
1945 with P. K. Sen, JASA 63, 1968 (trend).
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import special

from crossborder.company.tables.supply import INDICATORS as COLUMNS
from crossborder.errors import InputError
from crossborder.supply.checks import at_least, needs

__all__ = [
    "INDICATORS",
    "LESS_IS_BETTER",
    "PairwiseWeights",
    "entropy_weights",
    "esg_score",
    "gates",
    "identity_check",
    "pairwise_weights",
    "scorecard",
    "tiers",
    "trend",
    "weight_sensitivity",
]

INDICATORS = tuple(column.name for column in COLUMNS)
LESS_IS_BETTER = ("defect_rate", "response_hours", "price_index")
GATES = {"on_time_rate": 0.7, "defect_rate": 0.05, "certificate_score": 0.6, "social_score": 0.5}
RANDOM_INDEX = (0.0, 0.0, 0.0, 0.58, 0.90, 1.12, 1.24, 1.32, 1.41, 1.45, 1.49, 1.51, 1.48)


@dataclass(frozen=True)
class PairwiseWeights:
    """Weights (they add to 1), the largest eigenvalue and the consistency ratio (good below 0.10)."""

    weights: np.ndarray
    eigenvalue: float
    consistency_ratio: float


def pairwise_weights(comparisons: ArrayLike) -> PairwiseWeights:
    """Weights from a reciprocal matrix of pairwise judgements: its principal eigenvector (Saaty 1977)."""
    matrix = np.asarray(comparisons, float)
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1] or not np.allclose(matrix * matrix.T, 1, rtol=0.01):
        raise InputError.out_of_range("comparisons", matrix.shape, "a square matrix with a_ij x a_ji = 1")
    values, vectors = np.linalg.eig(matrix)
    first = int(values.real.argmax())
    weights = np.abs(vectors[:, first].real)
    size, largest = len(matrix), float(values[first].real)
    scale = RANDOM_INDEX[min(size, len(RANDOM_INDEX) - 1)]
    ratio = (largest - size) / (size - 1) / scale if scale else 0.0
    return PairwiseWeights(weights / weights.sum(), largest, max(ratio, 0.0))


def entropy_weights(values: ArrayLike) -> np.ndarray:
    """Weights by how much an indicator tells suppliers apart: 1 - entropy of its shares, scaled to add to 1."""
    values = np.atleast_2d(at_least("values", values, 0))
    share = values / np.maximum(values.sum(0), 1e-300)
    entropy = -special.xlogy(share, share).sum(0) / np.log(max(len(values), 2))
    apart = np.maximum(1 - entropy, 0)
    return apart / apart.sum() if apart.sum() > 0 else np.full(values.shape[1], 1 / values.shape[1])


def scorecard(
    suppliers: pd.DataFrame, weights: dict[str, float] | None = None, by: str | None = "category"
) -> pd.DataFrame:
    """Score of every supplier, 0 to 100: weighted mean of its twelve indicators, each placed between 0 and 1.

    Shares stand as they are (1 - share where less is better); hours, price and years are placed between the 5 % and
    95 % quantiles of all suppliers. Points of every indicator stay in the frame (`<name>_points`), so that a score
    can be explained; `rank` is within `by`, the best first.
    """
    needs(suppliers, "suppliers", "supplier_id " + " ".join(INDICATORS))
    weights = dict.fromkeys(INDICATORS, 1.0) if weights is None else weights
    unknown = sorted(set(weights) - set(INDICATORS))
    if unknown:
        raise InputError.unknown("indicator", unknown[0], INDICATORS)
    points = pd.DataFrame({name: _points(suppliers[name], name) for name in INDICATORS}, index=suppliers.index)
    weight = np.array([weights.get(name, 0.0) for name in INDICATORS], float)
    if (weight < 0).any() or weight.sum() <= 0:
        raise InputError.out_of_range("weights", weights, "numbers from 0, not all 0")
    score = 100 * points.to_numpy() @ weight / weight.sum()
    keep = [c for c in ("supplier_id", "name", "country", "region", "category") if c in suppliers]
    result = pd.concat([suppliers[keep], points.add_suffix("_points")], axis=1).assign(score=score)
    ranked = result.groupby(by)["score"] if by in result else result["score"]
    return result.assign(rank=ranked.rank(ascending=False, method="min").astype(int))


def gates(suppliers: pd.DataFrame, limits: dict[str, float] | None = None) -> pd.DataFrame:
    """Pass or fail by supplier and the gates failed, apart by |; a gate is a floor (a ceiling where less is better)."""
    limits = GATES if limits is None else limits
    needs(suppliers, "suppliers", "supplier_id " + " ".join(limits))
    failed = pd.DataFrame(
        {
            name: (suppliers[name] > limit) if name in LESS_IS_BETTER else (suppliers[name] < limit)
            for name, limit in limits.items()
        }
    )
    names = np.array(list(limits))
    reasons = [" | ".join(names[row]) for row in failed.to_numpy(bool)]
    return pd.DataFrame(
        {
            "supplier_id": suppliers["supplier_id"].to_numpy(),
            "passed": ~failed.any(axis=1).to_numpy(),
            "failed": reasons,
        }
    )


def identity_check(suppliers: pd.DataFrame) -> pd.DataFrame:
    """The four-fold check (registry, tax, bank, credit): checks passed, and accept, review (one missing) or reject."""
    names = ["registry_ok", "tax_ok", "bank_ok", "credit_ok"]
    needs(suppliers, "suppliers", "supplier_id " + " ".join(names))
    checks = suppliers[names].fillna(False).to_numpy(bool)
    passed = checks.sum(1)
    # Without a registered company or a clean tax record there is no contract to lean on.
    decision = np.select([passed == 4, (passed == 3) & checks[:, :2].all(1)], ["accept", "review"], "reject")
    missing = [" | ".join(np.array(["registry", "tax", "bank", "credit"])[~row]) for row in checks]
    return pd.DataFrame(
        {"supplier_id": suppliers["supplier_id"].to_numpy(), "passed": passed, "decision": decision, "missing": missing}
    )


def tiers(
    score: ArrayLike, spend: ArrayLike, passed: ArrayLike, strategic_share: float = 0.15, core_share: float = 0.5
) -> np.ndarray:
    """Tier of every supplier: strategic (best by score x root of spend), core, cooperative; failed gates: blocked.

    `strategic_share` and `core_share` are shares of the suppliers that passed.
    """
    score, spend = np.asarray(score, float), at_least("spend", spend, 0)
    passed = np.asarray(passed, bool)
    weight = np.where(passed, score * (1 + np.sqrt(spend / max(float(spend.max(initial=0)), 1e-12))), -np.inf)
    place = np.empty(len(weight))
    place[np.argsort(-weight, kind="stable")] = np.arange(len(weight))
    share = (place + 0.5) / max(int(passed.sum()), 1)
    return np.select(
        [~passed, share <= strategic_share, share <= strategic_share + core_share],
        ["blocked", "strategic", "core"],
        "cooperative",
    )


def trend(months: pd.DataFrame, value: str, window: int = 12, level: float = 0.9) -> pd.DataFrame:
    """Change of a monthly indicator by supplier: Sen's slope a year, Mann-Kendall probability, and a warning.

    `warning` is true where the indicator worsens with two-sided confidence `level`; the last `window` months count.
    """
    needs(months, "supplier_months", f"month supplier_id {value}")
    wide = months.pivot_table(index="supplier_id", columns="month", values=value).sort_index(axis=1).iloc[:, -window:]
    y = wide.interpolate(axis=1, limit_direction="both").to_numpy(float)
    n = y.shape[1]
    i, j = np.triu_indices(n, 1)
    difference = y[:, j] - y[:, i]
    slope = np.median(difference / (j - i), axis=1) * 12
    s = np.sign(difference).sum(1)
    z = np.where(s == 0, 0, (s - np.sign(s)) / np.sqrt(n * (n - 1) * (2 * n + 5) / 18))
    probability = special.ndtr(np.abs(z)) * 2 - 1
    worse = slope > 0 if value in LESS_IS_BETTER else slope < 0
    return pd.DataFrame(
        {
            "supplier_id": wide.index,
            "latest": y[:, -1],
            "slope_year": slope,
            "confidence": probability,
            "warning": worse & (probability >= level),
        }
    )


def esg_score(suppliers: pd.DataFrame, weights: tuple[float, float, float] = (0.4, 0.4, 0.2)) -> pd.DataFrame:
    """Environment, labour and transparency in one score, 0 to 100, and its grade: A from 80, B from 60, C below."""
    names = ["environment_score", "social_score", "traceability"]
    needs(suppliers, "suppliers", "supplier_id " + " ".join(names))
    weight = at_least("weights", weights, 0)
    score = 100 * suppliers[names].to_numpy(float) @ weight / weight.sum()
    grade = np.select([score >= 80, score >= 60], ["A", "B"], "C")
    return pd.DataFrame({"supplier_id": suppliers["supplier_id"].to_numpy(), "esg": score, "grade": grade})


def weight_sensitivity(scored: pd.DataFrame, rng: np.random.Generator, draws: int = 2000, top: int = 1) -> pd.DataFrame:
    """How the ranking depends on the weights: scores with all weights drawn evenly (flat Dirichlet).

    Gives the probability of being among the `top` of the category and the 5 % to 95 % range of the score.
    """
    points = scored[[f"{name}_points" for name in INDICATORS]].to_numpy(float)
    score = 100 * points @ rng.dirichlet(np.ones(len(INDICATORS)), draws).T
    group = scored["category"] if "category" in scored else pd.Series("all", index=scored.index)
    rank = pd.DataFrame(score, index=scored.index).groupby(group).rank(ascending=False, method="min").to_numpy()
    low, high = np.quantile(score, [0.05, 0.95], axis=1)
    return pd.DataFrame(
        {
            "supplier_id": scored["supplier_id"].to_numpy(),
            "top_probability": (rank <= top).mean(1),
            "score_low": low,
            "score_high": high,
        }
    )


def _points(values: pd.Series, name: str) -> np.ndarray:
    x = values.to_numpy(float)
    if name in ("response_hours", "price_index", "years_together"):
        low, high = np.nanquantile(x, [0.05, 0.95])
        x = np.clip((x - low) / max(high - low, 1e-12), 0, 1)
    elif name == "defect_rate":
        x = np.clip(x / 0.05, 0, 1)  # five in a hundred defects is worth no point
    return 1 - x if name in LESS_IS_BETTER else x
