"""How sure a rank is: probability of being among the first k over weights and data noise (SMAA), and rank reversal."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from crossborder.errors import InputError
from crossborder.selection.criteria import decision, shares

__all__ = ["Acceptability", "acceptability", "confidence_factors", "rank_reversal", "weight_draws"]

CELLS = 4_000_000  # scores held at a time


@dataclass(frozen=True)
class Acceptability:
    """`table`: top_k (probability of a place among the first k) with its simulation error, first (of the first place).

    `ranks`: probability of each place from 1 up (alternatives x places). `central_weights`: mean weights under which an
    alternative comes first, missing where it never does; they are the weights that somebody who picks it must hold.
    """

    table: pd.DataFrame
    ranks: np.ndarray
    central_weights: pd.DataFrame
    draws: int
    k: int


def weight_draws(
    count: int,
    draws: int,
    rng: np.random.Generator,
    *,
    centre: ArrayLike | None = None,
    concentration: float = 30.0,
    order: ArrayLike | None = None,
) -> np.ndarray:
    """Random weights, draws x criteria, rows adding up to 1.

    Without more, uniform over all weights. `centre` with `concentration` draws around stated weights (Dirichlet: an
    sd of about sqrt(w (1 - w) / (concentration + 1))). `order` (1 = most important) keeps that order of importance.
    """
    if count < 1 or draws < 1:
        raise InputError.out_of_range("count and draws", (count, draws), "at least 1 each")
    if centre is None:
        weights = rng.standard_exponential((draws, count))
    else:
        if concentration <= 0:
            raise InputError.out_of_range("concentration", concentration, "above 0")
        weights = rng.standard_gamma(np.maximum(shares(centre, count) * concentration, 1e-9), (draws, count))
    weights /= np.maximum(weights.sum(axis=1, keepdims=True), 1e-300)
    if order is None:
        return weights
    place = np.asarray(order)
    if sorted(place.tolist()) != list(range(1, count + 1)):
        raise InputError.out_of_range("order", place.tolist(), f"each of 1 to {count} once")
    return -np.sort(-weights, axis=1)[:, place - 1]


def acceptability(
    values: ArrayLike,
    weights: ArrayLike,
    k: int,
    *,
    rng: np.random.Generator | None = None,
    noise: ArrayLike | None = None,
    names: ArrayLike | None = None,
    places: int = 0,
) -> Acceptability:
    """Rank probabilities of the additive model over drawn weights and, with `noise`, over measurement error.

    `values`: alternatives x criteria, comparable and more is better; `noise`: their standard deviation (same shape or
    one a criterion), normal and independent, so that a score's error is normal with variance sum w2 sd2. `places`: how
    many places to keep in `ranks` (0: only the first k are counted). Alternatives with the same values share alike.
    Source: Lahdelma and Salminen (2001), Operations Research 49(3).
    """
    utility = decision(values, np.ones(np.shape(values)[1]), 1)[0].astype(np.float32)
    drawn = np.asarray(weights, dtype=np.float32)
    count, criteria = utility.shape
    if drawn.ndim != 2 or drawn.shape[1] != criteria:
        raise InputError.out_of_range("weights", drawn.shape, f"draws x {criteria} criteria")
    if not 1 <= k <= count:
        raise InputError.out_of_range("k", k, f"1 to {count}")
    if noise is not None and rng is None:
        raise InputError.out_of_range("rng", None, "a generator, since there is noise to draw")
    twins = _twins(utility) if noise is None else None
    variance = None if noise is None else np.broadcast_to(np.asarray(noise, np.float32) ** 2, utility.shape)
    top, winners, kept = np.zeros(count), np.empty(len(drawn), dtype=np.intp), np.zeros((count, places))
    step = max(1, CELLS // count)
    for start in range(0, len(drawn), step):
        part = drawn[start : start + step]
        scores = part @ utility.T
        if variance is not None:
            scores += np.sqrt(part**2 @ variance.T) * rng.standard_normal(scores.shape, dtype=np.float32)
        winners[start : start + step] = scores.argmax(axis=1)
        top += _among_first(scores, k) if twins is None else _shared_first(scores, k)
        if places:
            place = scores.argsort(axis=1)[:, ::-1][:, :places]
            kept += np.stack([np.bincount(place[:, r], minlength=count) for r in range(min(places, count))], axis=1)
    return _summary(top, winners, kept, drawn, k, names, twins)


def _among_first(scores: np.ndarray, k: int) -> np.ndarray:
    """How often each column is among the k largest of its row."""
    if k == scores.shape[1]:
        return np.full(k, float(len(scores)))
    if k == 1:
        return np.bincount(scores.argmax(axis=1), minlength=scores.shape[1]).astype(float)
    bar = np.partition(scores, scores.shape[1] - k, axis=1)[:, [-k]]
    return np.count_nonzero(scores >= bar, axis=0).astype(float)


def _twins(utility: np.ndarray) -> np.ndarray | None:
    """Group of each alternative with the same values, or None where all differ."""
    found = np.unique(utility, axis=0, return_inverse=True)[1].ravel()
    return found if np.bincount(found).max() > 1 else None


def _shared_first(scores: np.ndarray, k: int) -> np.ndarray:
    """How often each column is among the k largest of its row; those at the bar share the places left."""
    bar = np.partition(scores, scores.shape[1] - k, axis=1)[:, [-k]]
    above, at = scores > bar, scores == bar
    left = (k - above.sum(axis=1)) / at.sum(axis=1)
    return above.sum(axis=0) + left @ at


def _summary(top, winners, kept, drawn, k: int, names, twins) -> Acceptability:
    draws, count = len(drawn), len(top)
    index = pd.RangeIndex(count) if names is None else pd.Index(names)
    first = np.bincount(winners, minlength=count).astype(float)
    total = np.zeros((count, drawn.shape[1]))
    np.add.at(total, winners, drawn)
    if twins is not None:
        first, kept, total = (pd.DataFrame(x).groupby(twins).transform("mean").to_numpy() for x in (first, kept, total))
        first = first[:, 0]
    share = top / draws
    table = pd.DataFrame({"top_k": share, "top_k_error": np.sqrt(share * (1 - share) / draws), "first": first / draws})
    central = np.divide(total, first[:, None], out=np.full(total.shape, np.nan), where=first[:, None] > 0)
    return Acceptability(table.set_index(index), kept / draws, pd.DataFrame(central, index=index), draws, k)


def confidence_factors(
    values: ArrayLike, central: pd.DataFrame, noise: ArrayLike, rng: np.random.Generator, draws: int = 2000
) -> pd.Series:
    """Probability that an alternative comes first under its own central weights, given the data noise."""
    utility = np.asarray(values, dtype=float)
    sd = np.broadcast_to(np.asarray(noise, dtype=float), utility.shape)
    found = central.notna().all(axis=1).to_numpy()
    out = np.zeros(len(utility))
    for i in np.flatnonzero(found):  # over the few that can come first
        weight = central.to_numpy()[i]
        scores = utility @ weight + np.sqrt(sd**2 @ weight**2) * rng.standard_normal((draws, len(utility)))
        out[i] = (scores.argmax(axis=1) == i).mean()
    return pd.Series(out, index=central.index)


def rank_reversal(
    matrix: ArrayLike,
    weights: ArrayLike,
    types: ArrayLike,
    method: Callable[[np.ndarray, np.ndarray, np.ndarray], np.ndarray],
    remove: int = 50,
) -> pd.DataFrame:
    """Whether the order of the others changes when one alternative is taken away, which it should not.

    Takes away each of the `remove` alternatives ranked last in turn. Columns: removed (row), winner_changed,
    pairs_reversed (share of pairs of the rest whose order turned).
    """
    values, weights, signs = decision(matrix, weights, types)
    base = method(values, weights, signs)
    order = np.argsort(-base, kind="stable")
    rows = []
    for gone in order[1:][::-1][:remove]:
        rest = np.delete(np.arange(len(values)), gone)
        scores = method(values[rest], weights, signs)
        before = base[rest]
        changed = rest[np.argmax(scores)] != order[0]
        turned = _turned(before, scores)
        rows.append({"removed": int(gone), "winner_changed": bool(changed), "pairs_reversed": turned})
    return pd.DataFrame(rows)


def _turned(before: np.ndarray, after: np.ndarray) -> float:
    a, b = np.sign(before[:, None] - before), np.sign(after[:, None] - after)
    return float((a * b < 0).sum() / max(len(before) * (len(before) - 1), 1))
