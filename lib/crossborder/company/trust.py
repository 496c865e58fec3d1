"""Whom can we trust: service behaviour over time as a score that forgets, and ratings of sellers and buyers."""

import numpy as np
import pandas as pd

from crossborder.errors import InputError, Refusal

__all__ = ["RATINGS", "credit_ratings", "deliveries_kept", "payments_kept", "trust_scores"]

RATINGS = {"A": 0.95, "B": 0.85, "C": 0.7, "D": 0.0}  # least probability of keeping a promise


def trust_scores(
    events: pd.DataFrame, as_of: pd.Timestamp, *, half_life_days: float = 90.0, level: float = 0.9
) -> pd.DataFrame:
    """Trust in each party from promises kept and broken, old ones forgotten by half every `half_life_days`.

    `events` has party, at (day) and kept (true or false, or a share). A beta score with a forgetting factor (Josang and
    Ismail, 2002, The beta reputation system): prior beta(1, 1), weights 0.5 ** (age / half life). Columns: party,
    promises, weight (promises that still count), trust (mean), low, high, before (the score half a year ago), change;
    least trusted first. Raises InputError for a half life that is not above 0, Refusal without events.
    """
    if not half_life_days > 0:
        raise InputError.out_of_range("half_life_days", half_life_days, "above 0 days")
    known = events[events["at"] <= as_of]
    if known.empty:
        raise Refusal.because(
            "no trust score", "there is no promise before the day", "give purchases, orders or invoices"
        )
    now = _beta(known, as_of, half_life_days, level)
    earlier = as_of - pd.Timedelta(days=182)
    past = known[known["at"] <= earlier]
    before = _beta(past, earlier, half_life_days, level)["trust"] if len(past) else pd.Series(dtype=float)
    table = now.assign(promises=known.groupby("party").size(), before=before)
    table["change"] = table["trust"] - table["before"]
    columns = ["party", "promises", "weight", "trust", "low", "high", "before", "change"]
    return table.reset_index()[columns].sort_values("trust", kind="stable", ignore_index=True)


def _beta(events: pd.DataFrame, day: pd.Timestamp, half_life_days: float, level: float) -> pd.DataFrame:
    from scipy.stats import beta

    age = (day - events["at"]).dt.days.to_numpy(float)
    weight = 0.5 ** (age / half_life_days)
    sums = pd.DataFrame({"party": events["party"], "weight": weight, "good": weight * events["kept"].astype(float)})
    found = sums.groupby("party").sum()
    a, b = 1 + found["good"], 1 + found["weight"] - found["good"]
    found["trust"] = a / (a + b)
    found["low"], found["high"] = beta.ppf((1 - level) / 2, a, b), beta.ppf((1 + level) / 2, a, b)
    return found


def deliveries_kept(purchases: pd.DataFrame) -> pd.DataFrame:
    """Promises of suppliers: party, at, kept (ready by the promised day and no lot with defects above 2 %)."""
    done = purchases.dropna(subset=["received_on"])
    clean = done["defects"].fillna(0) <= 0.02 * done["inspected"].fillna(0).clip(lower=1)
    kept = (done["received_on"] <= done["promised_on"]) & clean
    return pd.DataFrame({"party": done["supplier_id"], "at": done["received_on"], "kept": kept})


def payments_kept(receivables: pd.DataFrame, as_of: pd.Timestamp, *, grace_days: int = 3) -> pd.DataFrame:
    """Promises of buyers and platforms: party, at (due day), kept (paid within `grace_days` of it); open ones not due
    yet are left out."""
    due = receivables[receivables["due_on"] + pd.Timedelta(days=grace_days) <= as_of]
    late = due["paid_on"].fillna(as_of) - due["due_on"] > pd.Timedelta(days=grace_days)
    return pd.DataFrame({"party": due["counterparty"], "at": due["due_on"], "kept": ~late})


def credit_ratings(sellers: pd.DataFrame | None, buyers: pd.DataFrame | None, least: int = 5) -> pd.DataFrame:
    """Both sides of the trade on one scale: side, party, promises, trust, low, high, rating, reviewed.

    `sellers` and `buyers` are tables of `trust_scores`; either may be None. The rating goes by the low end of the
    interval, so that a party with few promises is not rated by luck; fewer than `least` that still count: no rating.
    """
    parts = [part.assign(side=side) for side, part in (("seller", sellers), ("buyer", buyers)) if part is not None]
    if not parts:
        raise Refusal.because("no rating", "neither purchases nor receivables are there", "give one of the two tables")
    table = pd.concat(parts, ignore_index=True)
    steps = [table["low"] >= floor for floor in RATINGS.values()]
    table["rating"] = np.select(steps, list(RATINGS), "D")
    table.loc[table["weight"] < least, "rating"] = "none yet"
    columns = ["side", "party", "promises", "trust", "low", "high", "rating"]
    return table[columns].sort_values(["side", "low"], kind="stable", ignore_index=True)
