"""Suspicion scores learned from labelled cases: counterfeit offers, fraudulent orders, suppliers about to fail."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from crossborder.errors import InputError, Refusal

__all__ = ["Suspicion", "default_exposure", "listing_signals", "removal_value", "score_cases"]

FEWEST_CASES = 20


@dataclass(frozen=True)
class Suspicion:
    """Out-of-fold probabilities by case, area under the curve, Brier score, and standardised weights."""

    probability: pd.Series
    auc: float
    brier: float
    weights: pd.Series


def listing_signals(listings: pd.DataFrame) -> pd.DataFrame:
    """Signals of a suspicious offer: price against its niche, age, reviews for its sales, copied picture, seller."""
    needed = ["niche", "market", "price", "units_month", "review_count", "listed_on", "seller_id"]
    missing = [name for name in needed if name not in listings]
    if missing:
        raise InputError.missing_columns("listings", missing, listings.columns)
    peers = listings.groupby(["market", "niche"])["price"].transform("median")
    age = (listings["listed_on"].max() - listings["listed_on"]).dt.days
    picture = listings["image_hash"] if "image_hash" in listings else pd.Series(np.nan, listings.index)
    copies = picture.groupby(picture).transform("size").fillna(1.0)
    return pd.DataFrame(
        {
            "cheapness": -np.log(listings["price"].astype(float) / peers.astype(float)),
            "youth": -np.log1p(age.astype(float)),
            "sales_per_review": np.log1p(listings["units_month"].astype(float))
            - np.log1p(listings["review_count"].astype(float)),
            "copied_picture": np.log(copies.astype(float)),
            "low_rating": -listings["rating"].astype(float).fillna(listings["rating"].astype(float).median()),
            "seller_offers": np.log(listings.groupby("seller_id")["seller_id"].transform("size").astype(float)),
        },
        index=listings.index,
    )


def score_cases(signals: pd.DataFrame, label: pd.Series, *, folds: int = 5, seed: int = 0) -> Suspicion:
    """Logistic score of labelled cases, each judged by a model that did not see it (stratified folds).

    Refuses fewer than 20 cases of either kind.
    """
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import brier_score_loss, roc_auc_score
    from sklearn.model_selection import StratifiedKFold, cross_val_predict
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    known = label.dropna().astype(bool)
    rare = int(min(known.sum(), (~known).sum()))
    if rare < FEWEST_CASES:
        raise Refusal.because(
            "no suspicion score",
            f"only {rare} labelled cases of one kind, {FEWEST_CASES} are needed",
            "label more cases",
        )
    model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=500))
    used = signals.loc[known.index]
    split = StratifiedKFold(folds, shuffle=True, random_state=seed)
    probability = cross_val_predict(model, used, known, cv=split, method="predict_proba")[:, 1]
    model.fit(used, known)
    return Suspicion(
        pd.Series(probability, known.index),
        float(roc_auc_score(known, probability)),
        float(brier_score_loss(known, probability)),
        pd.Series(model[-1].coef_[0], signals.columns).sort_values(key=np.abs, ascending=False),
    )


def removal_value(
    probability: pd.Series,
    label: pd.Series,
    value_each_usd: float,
    *,
    cost_each_usd: float,
    wrong_cost_usd: float = 0.0,
) -> pd.DataFrame:
    """What acting above each threshold is worth: threshold, flagged, precision, recall, value_usd, best."""
    truth = label.loc[probability.index].astype(bool).to_numpy()
    order = np.argsort(-probability.to_numpy())
    hits, flagged = np.cumsum(truth[order]), np.arange(1, len(order) + 1)
    value = hits * value_each_usd - flagged * cost_each_usd - (flagged - hits) * wrong_cost_usd
    table = pd.DataFrame(
        {
            "threshold": probability.to_numpy()[order],
            "flagged": flagged,
            "precision": hits / flagged,
            "recall": hits / max(truth.sum(), 1),
            "value_usd": value,
        }
    )
    return table.assign(best=table["value_usd"] == table["value_usd"].max())


def default_exposure(
    suppliers: pd.DataFrame, open_orders_usd: pd.Series, *, loss_given_default: float = 0.6
) -> pd.DataFrame:
    """Expected loss if suppliers fail: supplier_id, probability, exposure_usd, expected_usd, largest first.

    Probability a year is the stated outage probability raised for weak finances: odds times exp(2 (0.7 - health)).
    """
    table = suppliers.set_index("supplier_id")
    stated = table["outage_probability_year"].astype(float).clip(1e-4, 0.99)
    odds = stated / (1 - stated) * np.exp(2 * (0.7 - table["financial_health"].astype(float)))
    exposure = open_orders_usd.reindex(table.index).fillna(0.0).astype(float)
    found = pd.DataFrame({"probability": odds / (1 + odds), "exposure_usd": exposure})
    found["expected_usd"] = found["probability"] * exposure * loss_given_default
    return found.reset_index().sort_values("expected_usd", ascending=False, ignore_index=True)
