"""Recommendations from who bought what, judged offline against plain popularity."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from crossborder.errors import InputError, Refusal

__all__ = ["ItemModel", "diversify", "evaluate", "fit_items", "leave_last_out", "recommend"]


@dataclass(frozen=True)
class ItemModel:
    """Item-item similarity (cosine, shrunk), popularity, and the names of items."""

    items: tuple[str, ...]
    similarity: np.ndarray
    popularity: np.ndarray


def fit_items(purchases: pd.DataFrame, *, shrink: float = 10.0, blend: float = 0.1) -> ItemModel:
    """Similarity of items from rows customer_id and sku: shared buyers over the geometric mean of buyers plus `shrink`.

    `blend` mixes in popularity, so that a customer with one rare purchase still gets a sensible list.
    Source: Sarwar, Karypis, Konstan and Riedl (2001), WWW; shrinkage after Bell and Koren (2007).
    """
    from scipy.sparse import csr_array

    if {"customer_id", "sku"} - set(purchases.columns):
        raise InputError.missing_columns(
            "purchases", {"customer_id", "sku"} - set(purchases.columns), purchases.columns
        )
    pairs = purchases[["customer_id", "sku"]].drop_duplicates()
    if pairs.empty:
        raise Refusal.because("there are no purchases", "rows: 0", "give customers and products")
    person, _ = pd.factorize(pairs["customer_id"])
    item, names = pd.factorize(pairs["sku"], sort=True)
    matrix = csr_array((np.ones(len(item)), (person, item)))
    both = (matrix.T @ matrix).toarray()
    buyers = np.diag(both).copy()
    similarity = both / (np.sqrt(np.outer(buyers, buyers)) + shrink)
    np.fill_diagonal(similarity, 0.0)
    popularity = buyers / buyers.sum()
    return ItemModel(tuple(map(str, names)), similarity + blend * popularity[None, :], popularity)


def recommend(model: ItemModel, owned: pd.DataFrame, *, top: int = 5, repeat: bool = False) -> pd.DataFrame:
    """The `top` items for each customer of `owned` (rows customer_id, sku): customer_id, rank, sku, score.

    Items already bought are left out unless `repeat`.
    """
    people, scores = _scores(model, owned, repeat)
    best = _best(scores, top)
    rows = np.repeat(np.arange(len(people)), best.shape[1])
    return pd.DataFrame(
        {
            "customer_id": np.asarray(people)[rows],
            "rank": np.tile(np.arange(1, best.shape[1] + 1), len(people)),
            "sku": np.asarray(model.items)[best.ravel()],
            "score": np.take_along_axis(scores, best, axis=1).ravel(),
        }
    )


def diversify(
    model: ItemModel, owned: pd.DataFrame, category: pd.Series, *, weight: float = 0.3, top: int = 5, pool: int = 30
) -> pd.DataFrame:
    """Lists re-ranked for relevance and diversity: each place takes the item with the best (1 - weight) * relevance
    - weight * share of the list that is of its category.

    `category` maps sku to category. Source: Carbonell and Goldstein (1998), maximal marginal relevance.
    """
    if not 0 <= weight <= 1:
        raise InputError.out_of_range("weight", weight, "0 (relevance only) to 1 (diversity only)")
    people, scores = _scores(model, owned, False)
    best = _best(scores, pool)
    relevance = np.take_along_axis(scores, best, axis=1)
    relevance = relevance / np.maximum(relevance.max(axis=1, keepdims=True), 1e-12)
    kind = pd.factorize(pd.Series(model.items).map(category).fillna("other"))[0][best]
    count = np.zeros((len(people), kind.max() + 1))
    taken = np.zeros(best.shape, dtype=bool)
    everyone = np.arange(len(people))
    chosen = np.empty((len(people), top), dtype=int)
    for place in range(top):
        crowd = count[everyone[:, None], kind] / max(place, 1)
        value = np.where(taken, -np.inf, (1 - weight) * relevance - weight * crowd)
        pick = value.argmax(axis=1)
        chosen[:, place] = best[everyone, pick]
        taken[everyone, pick] = True
        count[everyone, kind[everyone, pick]] += 1
    return pd.DataFrame(
        {
            "customer_id": np.repeat(np.asarray(people), top),
            "rank": np.tile(np.arange(1, top + 1), len(people)),
            "sku": np.asarray(model.items)[chosen.ravel()],
        }
    )


def leave_last_out(purchases: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Training rows and the last new product of each customer with two products or more.

    `purchases`: customer_id, sku, and at (when first bought).
    """
    first = purchases.sort_values(["customer_id", "at", "sku"]).drop_duplicates(["customer_id", "sku"])
    last = first.groupby("customer_id").tail(1).index
    several = first.groupby("customer_id")["sku"].transform("size") > 1
    hidden = first.loc[last].loc[several.loc[last]]
    return first.drop(hidden.index), hidden


def evaluate(
    lists: dict[str, pd.DataFrame],
    hidden: pd.DataFrame,
    *,
    category: pd.Series,
    popularity: pd.Series,
    level: float = 0.9,
) -> pd.DataFrame:
    """Offline quality of lists against the hidden purchases: hit rate (with interval), NDCG, coverage, diversity,
    novelty.

    Columns: list, customers, hit_rate, hit_low, hit_high, ndcg, coverage (share of items ever shown), diversity
    (distinct
    categories in a list over its length), novelty (mean -log2 of popularity).
    """
    from crossborder.marketing.paths import wilson_interval

    rows = []
    truth = hidden.set_index("customer_id")["sku"]
    for name, shown in lists.items():
        place = truth.index.get_indexer(shown["customer_id"])
        judged = shown[place >= 0]
        hit = judged["sku"].to_numpy() == truth.to_numpy()[place[place >= 0]]
        people = judged["customer_id"].nunique()
        low, high = wilson_interval(hit.sum(), people, level)
        gain = (hit / np.log2(judged["rank"].to_numpy() + 1)).sum() / max(people, 1)
        kinds = judged.assign(kind=judged["sku"].map(category)).groupby("customer_id")["kind"].nunique()
        size = judged.groupby("customer_id").size()
        rare = -np.log2(judged["sku"].map(popularity).fillna(popularity.min()).to_numpy())
        rows.append(
            (
                name,
                people,
                hit.sum() / max(people, 1),
                low,
                high,
                gain,
                judged["sku"].nunique() / len(popularity),
                float((kinds / size).mean()),
                float(rare.mean()),
            )
        )
    columns = ["list", "customers", "hit_rate", "hit_low", "hit_high", "ndcg", "coverage", "diversity", "novelty"]
    return pd.DataFrame(rows, columns=columns)


def _best(scores: np.ndarray, top: int) -> np.ndarray:
    """Places of the `top` highest scores of each row, highest first, equal ones in their order: a stable sort's first.

    Only what reaches the list is sorted: rows of thousands of items cost a selection, not a sort.
    """
    if scores.shape[1] <= 4 * top:
        return np.argsort(-scores, axis=1, kind="stable")[:, :top]
    least = -np.partition(-scores, top - 1, axis=1)[:, top - 1 : top]
    above, level = scores > least, scores == least
    room = top - above.sum(axis=1, keepdims=True)
    kept = above | (level & (np.cumsum(level, axis=1) <= room))
    places = np.nonzero(kept)[1].reshape(len(scores), top)
    order = np.argsort(-np.take_along_axis(scores, places, axis=1), axis=1, kind="stable")
    return np.take_along_axis(places, order, axis=1)


def _scores(model: ItemModel, owned: pd.DataFrame, repeat: bool) -> tuple[np.ndarray, np.ndarray]:
    from scipy.sparse import csr_array

    known = owned[owned["sku"].isin(model.items)].drop_duplicates(["customer_id", "sku"])
    if known.empty:
        raise Refusal.because(
            "no customer owns a product that the model knows", f"rows: {len(owned)}", "refit the model"
        )
    person, people = pd.factorize(known["customer_id"])
    item = pd.Index(model.items).get_indexer(known["sku"])
    has = csr_array((np.ones(len(item)), (person, item)), shape=(len(people), len(model.items)))
    scores = np.asarray(has @ model.similarity)
    if not repeat:
        scores[person, item] = -np.inf
    return np.asarray(people), scores
