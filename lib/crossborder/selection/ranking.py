"""Alternatives put in order by weighted sum, TOPSIS, VIKOR and PROMETHEE II, and how far the orders agree.

All take alternatives x criteria, weights and directions, and scale to millions of alternatives. A column that does not
vary moves no score; missing values are refused (see `criteria.decision`).
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from crossborder.errors import InputError
from crossborder.selection.criteria import decision, normalise

__all__ = [
    "Vikor",
    "agreement",
    "borda",
    "promethee",
    "rank_all",
    "ranks",
    "top_overlap",
    "topsis",
    "vikor",
    "weighted_product",
    "weighted_sum",
]

CHUNK = 8192  # rows at a time: intermediate results stay in the processor's cache


def ranks(scores: ArrayLike) -> np.ndarray:
    """Places from 1 (highest score); equal scores share the best place."""
    values = np.asarray(scores, dtype=float)
    ordered = np.sort(values)
    return len(values) - np.searchsorted(ordered, values, side="right") + 1


def weighted_sum(matrix: ArrayLike, weights: ArrayLike, types: ArrayLike, norm: str = "minmax") -> np.ndarray:
    """Weighted mean of normalised values, 0 to 1 with `minmax` (also called SAW or WSM; norms: `criteria.normalise`).

    Source: Fishburn (1967); Hwang and Yoon (1981), section 4.
    """
    values, weights, signs = decision(matrix, weights, types)
    return normalise(values, signs, norm) @ weights


def weighted_product(matrix: ArrayLike, weights: ArrayLike, types: ArrayLike) -> np.ndarray:
    """Weighted geometric mean of shares of the best value; needs values above 0. Source: Bridgman (1922)."""
    values, weights, signs = decision(matrix, weights, types)
    return np.exp(np.log(normalise(values, signs, "max")) @ weights)


def topsis(matrix: ArrayLike, weights: ArrayLike, types: ArrayLike, norm: str = "vector") -> np.ndarray:
    """Closeness to the ideal, 0 to 1: distance from the worst over the sum of both distances.

    `norm`: `vector` divides by the root of the column's sum of squares (the textbook's), `minmax` scales each column
    from 0 to 1 (other numbers and sometimes another order). If nothing varies, every alternative gets 0.5.
    Source: Hwang and Yoon (1981); worked example in Tzeng and Huang (2011).
    """
    values, weights, signs = decision(matrix, weights, types)
    if norm == "vector":
        size = np.sqrt(np.einsum("ij,ij->j", values, values))
    elif norm == "minmax":
        size = values.max(axis=0) - values.min(axis=0)
    else:
        raise InputError.unknown("norm", norm, ["vector", "minmax"])
    factor = np.divide(weights, size, out=np.zeros_like(weights), where=size > 0)
    low, high = values.min(axis=0), values.max(axis=0)
    best, worst = np.where(signs > 0, high, low) * factor, np.where(signs > 0, low, high) * factor
    score = np.empty(len(values))
    for start in range(0, len(values), CHUNK):
        part = values[start : start + CHUNK] * factor
        gap = part - best
        to_best = np.sqrt(np.einsum("ij,ij->i", gap, gap))
        np.subtract(part, worst, out=gap)
        to_worst = np.sqrt(np.einsum("ij,ij->i", gap, gap))
        total = to_best + to_worst
        score[start : start + CHUNK] = np.divide(to_worst, total, out=np.full(len(part), 0.5), where=total > 0)
    return score


@dataclass(frozen=True)
class Vikor:
    """Group utility `s`, largest regret `r`, and their compromise `q` (all: less is better).

    `advantage`: the first leads the second by at least 1 / (n - 1); `stability`: the first is also best by s or r.
    `compromise` are the rows of the solution proposed: one if both hold, else all that cannot be told apart.
    """

    s: np.ndarray
    r: np.ndarray
    q: np.ndarray
    advantage: bool
    stability: bool
    compromise: list[int]


def vikor(matrix: ArrayLike, weights: ArrayLike, types: ArrayLike, v: float = 0.5) -> Vikor:
    """Compromise between the group's utility (weight `v`) and the largest regret.

    Source: Opricovic and Tzeng (2004), EJOR 156(2), section 2.
    """
    if not 0 <= v <= 1:
        raise InputError.out_of_range("v", v, "0 (regret only) to 1 (utility only)")
    values, weights, signs = decision(matrix, weights, types)
    regret = (1 - normalise(values, signs)) * weights
    regret[:, values.max(axis=0) == values.min(axis=0)] = 0.0
    s, r = regret.sum(axis=1), regret.max(axis=1)
    q = v * _unit(s) + (1 - v) * _unit(r)
    order = np.lexsort((r, s, q))
    lead = 1 / max(len(values) - 1, 1)
    first = order[0]
    advantage = len(values) == 1 or bool(q[order[1]] - q[first] >= lead)
    stability = bool(s[first] == s.min() or r[first] == r.min())
    alike = order[q[order] - q[first] < lead]
    chosen = alike if not advantage else order[: 1 if stability else 2]
    return Vikor(s, r, q, advantage, stability, sorted(chosen.tolist()))


def _unit(values: np.ndarray) -> np.ndarray:
    spread = values.max() - values.min()
    return (values - values.min()) / spread if spread > 0 else np.zeros_like(values)


PREFERENCES = ("usual", "u_shape", "v_shape", "level", "linear", "gaussian")


def promethee(
    matrix: ArrayLike,
    weights: ArrayLike,
    types: ArrayLike,
    preference: str = "usual",
    *,
    q: ArrayLike = 0.0,
    p: ArrayLike = 0.0,
    s: ArrayLike = 1.0,
) -> pd.DataFrame:
    """Outranking flows of PROMETHEE: plus, minus and net, exact by sorting, -1 to 1 for the net flow.

    Preference for a difference d: `usual` (d > 0), `u_shape` (d > q), `v_shape` (d / p up to 1), `level` (one half
    between q and p), `linear` (from 0 at q to 1 at p), `gaussian` (1 - exp(-d2 / 2 s2); all pairs, up to 20,000 rows).
    `q`, `p` and `s` are in the criterion's unit, one for all or one each.
    Source: Brans and Vincke (1985), Management Science 31(6).
    """
    if preference not in PREFERENCES:
        raise InputError.unknown("preference", preference, PREFERENCES)
    values, weights, signs = decision(matrix, weights, types)
    count, criteria = values.shape
    if count < 2:
        raise InputError.out_of_range("number of alternatives", count, "at least 2")
    limits = [np.broadcast_to(np.asarray(x, dtype=float), (criteria,)) for x in (q, p, s)]
    _thresholds(preference, *limits)
    plus, minus = np.zeros(count), np.zeros(count)
    for j in range(criteria):  # over criteria, never over alternatives
        one = values[:, j] * signs[j]
        better, worse = _flows(one, preference, *(limit[j] for limit in limits))
        plus += weights[j] * better
        minus += weights[j] * worse
    plus, minus = plus / (count - 1), minus / (count - 1)
    return pd.DataFrame({"plus": plus, "minus": minus, "net": plus - minus})


def _thresholds(preference: str, q: np.ndarray, p: np.ndarray, s: np.ndarray) -> None:
    if (q < 0).any():
        raise InputError.out_of_range("q", q.min(), "at least 0")
    if (preference in ("linear", "level") and (p <= q).any()) or (preference == "v_shape" and (p <= 0).any()):
        raise InputError.out_of_range("p", p.tolist(), "above q (v_shape: above 0) for every criterion")
    if preference == "gaussian" and (s <= 0).any():
        raise InputError.out_of_range("s", s.tolist(), "above 0")


def _flows(one: np.ndarray, preference: str, q: float, p: float, s: float) -> tuple[np.ndarray, np.ndarray]:
    """Sum of preferences over, and against, all others."""
    if preference == "gaussian":
        return _gaussian_flows(one, s)
    order = np.argsort(one, kind="stable")
    ordered = one[order]
    plus, minus = np.empty(len(one)), np.empty(len(one))
    plus[order] = _above(ordered, preference, q, p)
    # Against: the same sums on the mirrored axis.
    minus[order[::-1]] = _above(-ordered[::-1], preference, q, p)
    return plus, minus


def _above(ordered: np.ndarray, preference: str, q: float, p: float) -> np.ndarray:
    """For each value: sum over all b of P(value - b), from counts and partial sums of the sorted values."""
    if preference == "usual":
        return np.searchsorted(ordered, ordered, side="left").astype(float)
    if preference == "u_shape":
        return np.searchsorted(ordered, ordered - q, side="left").astype(float)
    if preference == "level":
        some = np.searchsorted(ordered, ordered - q, side="left")
        return 0.5 * some + 0.5 * np.searchsorted(ordered, ordered - p, side="left")
    floor = 0.0 if preference == "v_shape" else q
    full = np.searchsorted(ordered, ordered - p, side="right")
    some = np.searchsorted(ordered, ordered - floor, side="left")
    some = np.maximum(some, full)
    near = ordered - ordered.mean()  # sums of values far from 0 would lose the digits in which they differ
    totals = np.concatenate([[0.0], np.cumsum(near)])
    between = (some - full) * (near - floor) - (totals[some] - totals[full])
    return full + between / (p - floor)


def _gaussian_flows(one: np.ndarray, s: float) -> tuple[np.ndarray, np.ndarray]:
    if len(one) > 20_000:
        raise InputError.out_of_range("rows", len(one), "up to 20000 with the gaussian preference", "use linear")
    plus, minus = np.empty(len(one)), np.empty(len(one))
    for start in range(0, len(one), 512):
        gap = one[start : start + 512, None] - one
        value = -np.expm1(-(gap**2) / (2 * s**2))
        plus[start : start + 512] = np.where(gap > 0, value, 0).sum(axis=1)
        minus[start : start + 512] = np.where(gap < 0, value, 0).sum(axis=1)
    return plus, minus


def rank_all(matrix: ArrayLike, weights: ArrayLike, types: ArrayLike) -> pd.DataFrame:
    """Scores of every method (more is better): weighted_sum, topsis, topsis_minmax, vikor, promethee.

    PROMETHEE uses the linear preference with thresholds at 0.2 and 1 standard deviation of the column.
    """
    values, weights, signs = decision(matrix, weights, types)
    spread = np.maximum(values.std(axis=0), 1e-12)
    return pd.DataFrame(
        {
            "weighted_sum": weighted_sum(values, weights, signs),
            "topsis": topsis(values, weights, signs),
            "topsis_minmax": topsis(values, weights, signs, "minmax"),
            "vikor": 1 - vikor(values, weights, signs).q,
            "promethee": promethee(values, weights, signs, "linear", q=0.2 * spread, p=spread)["net"].to_numpy(),
        }
    )


def agreement(scores: pd.DataFrame, kind: str = "spearman") -> pd.DataFrame:
    """Rank correlation between methods (columns of scores), `spearman` or `kendall`."""
    if kind not in ("spearman", "kendall"):
        raise InputError.unknown("kind", kind, ["spearman", "kendall"])
    return scores.corr(method=kind)


def top_overlap(scores: pd.DataFrame, k: int) -> pd.DataFrame:
    """Share of the first `k` that two methods have in common."""
    if not 1 <= k <= len(scores):
        raise InputError.out_of_range("k", k, f"1 to {len(scores)}")
    top = (scores.rank(ascending=False, method="first") <= k).to_numpy(float)
    return pd.DataFrame(top.T @ top / k, index=scores.columns, columns=scores.columns)


def borda(scores: pd.DataFrame) -> pd.Series:
    """Mean share of others beaten over all voters (columns of scores, more is better), 0 to 1.

    For ballots of a community as well as for methods; a voter's missing scores count as undecided (one half).
    Source: de Borda (1781).
    """
    if scores.shape[0] < 2 or scores.shape[1] < 1:
        raise InputError.out_of_range("scores", scores.shape, "two or more proposals and one or more voters")
    beaten = (scores.rank(axis=0) - 1).div(scores.notna().sum() - 1)
    return beaten.fillna(0.5).mean(axis=1)
