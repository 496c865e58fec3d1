"""Freight and lateness of a shipment learned from bills: a log-linear freight curve and a logistic delay model.

Freight grows more slowly than weight (economies of weight), by a power that each mode has of its own; routes add their
own level, shrunk to the mode's as far as few bills speak for it. Sources: J. S. DeSalvo, Journal of Regional Science
9(3), 1969 (transport cost as a power of weight); N. Duan, Journal of the American Statistical Association 78(383),
1983 (smearing); A. E. Hoerl and R. W. Kennard, Technometrics 12(1), 1970 (ridge).
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import special

from crossborder.errors import Refusal
from crossborder.supply.checks import between, needs, positive

__all__ = ["FreightModel", "LateModel", "fit_freight", "fit_late", "out_of_time", "ridge_logistic"]

LEAST = 30  # shipments below which nothing is learned


@dataclass(frozen=True)
class FreightModel:
    """`effects` on log freight by column of the design; `power` of weight by mode; `errors` are past log errors."""

    columns: tuple[str, ...]
    mean_log: float
    mean_weight: float
    effects: pd.Series
    power: pd.Series
    errors: np.ndarray

    def predict(self, shipments: pd.DataFrame, level: float = 0.8) -> pd.DataFrame:
        """Expected freight of each shipment with an interval, in the currency of the bills: freight, low, high."""
        alpha = 1 - float(between("level", level, 0.01, 0.999))
        design = _weights(shipments, self.columns, self.mean_weight).reindex(columns=self.effects.index, fill_value=0.0)
        middle = self.mean_log + design.to_numpy() @ self.effects.to_numpy()
        low, high = np.quantile(self.errors, [alpha / 2, 1 - alpha / 2])
        found = {"freight": np.exp(middle) * np.exp(self.errors).mean()}
        found |= {"low": np.exp(middle + low), "high": np.exp(middle + high)}
        return pd.DataFrame(found, index=shipments.index)


@dataclass(frozen=True)
class LateModel:
    """Log odds of being late: `base` and `effects` by value of the columns; unknown values count as average."""

    columns: tuple[str, ...]
    base: float
    effects: pd.Series

    def predict(self, shipments: pd.DataFrame) -> np.ndarray:
        """Probability that each shipment arrives after the promised day."""
        design = _dummies(shipments, self.columns).reindex(columns=self.effects.index, fill_value=0.0)
        return special.expit(self.base + design.to_numpy() @ self.effects.to_numpy())


def fit_freight(
    shipments: pd.DataFrame, columns: tuple[str, ...] = ("mode", "market"), ridge: float = 3.0
) -> FreightModel:
    """The freight curve of past bills (mode, weight_kg, freight and the named columns); bills of 0 are left out."""
    needs(shipments, "shipments", "weight_kg freight mode " + " ".join(columns))
    rows = shipments[(shipments["freight"] > 0) & (shipments["weight_kg"] > 0)]
    _enough(rows, "bills with freight and weight")
    middle = float(np.log(rows["weight_kg"]).mean())
    design = _weights(rows, columns, middle)
    y = np.log(rows["freight"].to_numpy(float))
    x = design.to_numpy()
    penalty = ridge * np.eye(x.shape[1])
    place = design.columns.get_loc("log weight")
    penalty[place, place] = 1e-6  # the common power is never doubted, only a mode's own
    effects = np.linalg.solve(x.T @ x + penalty, x.T @ (y - y.mean()))
    # Errors of bills left out in turn (hat matrix): those of the fit itself would promise too much.
    leverage = (x @ np.linalg.inv(x.T @ x + penalty) * x).sum(1)
    errors = (y - y.mean() - x @ effects) / np.maximum(1 - leverage, 0.2)
    named = pd.Series(effects, design.columns)
    own = named[named.index.str.startswith("log weight, ")]
    power = named["log weight"] + own.rename(lambda text: text.removeprefix("log weight, "))
    return FreightModel(tuple(columns), float(y.mean()), middle, named, power, np.sort(errors))


def fit_late(shipments: pd.DataFrame, columns: tuple[str, ...], ridge: float = 1.0) -> LateModel:
    """The delay model of past shipments (`late` and the named columns), every value of a column with its own effect."""
    needs(shipments, "shipments", "late " + " ".join(columns))
    _enough(shipments, "shipments that have arrived")
    design = _dummies(shipments, columns)
    x = np.column_stack([np.ones(len(design)), design])
    effects, _ = ridge_logistic(x, shipments["late"].to_numpy(float), ridge)
    return LateModel(tuple(columns), float(effects[0]), pd.Series(effects[1:], design.columns))


def ridge_logistic(x: np.ndarray, y: np.ndarray, ridge: float = 1.0) -> tuple[np.ndarray, np.ndarray]:
    """Coefficients and their covariance of a logistic regression whose first column is the constant (not shrunk)."""
    if y.min() == y.max():
        raise Refusal.because("no delay drivers", "all shipments are alike (all late or none)", "take a longer period")
    penalty = ridge * np.diag(np.r_[0.0, np.ones(x.shape[1] - 1)])
    beta = np.zeros(x.shape[1])
    for _ in range(30):  # Newton steps
        p = special.expit(x @ beta)
        information = (x * (p * (1 - p))[:, None]).T @ x + penalty
        step = np.linalg.solve(information, x.T @ (y - p) - penalty @ beta)
        beta = beta + step
        if np.abs(step).max() < 1e-10:
            break
    return beta, np.linalg.inv(information)


def out_of_time(
    shipments: pd.DataFrame, columns: tuple[str, ...], dated_by: str = "shipped_on", share: float = 0.75
) -> pd.DataFrame:
    """Both models learned from the first `share` of the shipments and judged on the rest, beside a naive forecast.

    One row a question: measure, ours, naive, gain (share of the naive error removed), shipments judged. Naive is the
    mean freight a kilogram of the mode, and the late share of the mode. `attrs["coverage"]`: bills inside 80 %.
    """
    needs(shipments, "shipments", f"{dated_by} late mode weight_kg freight")
    cut = shipments[dated_by].quantile(share)
    early, later = shipments[shipments[dated_by] <= cut], shipments[shipments[dated_by] > cut]
    billed = later[(later["freight"] > 0) & (later["weight_kg"] > 0)]
    _enough(billed, "later bills")
    made = fit_freight(early, columns).predict(billed)
    sums = early[early["freight"] > 0].groupby("mode")[["freight", "weight_kg"]].sum()
    overall = sums["freight"].sum() / sums["weight_kg"].sum()
    rate = (sums["freight"] / sums["weight_kg"]).reindex(billed["mode"]).fillna(overall).to_numpy(float)
    actual, ours, naive = (
        np.asarray(x, float) for x in (billed["freight"], made["freight"], rate * billed["weight_kg"])
    )
    shares = (np.abs(x - actual).sum() / actual.sum() for x in (ours, naive))
    logs = (np.abs(np.log(x / actual)).mean() for x in (ours, naive))
    rows = [_row("freight, absolute error over freight", *shares, len(billed))]
    rows.append(_row("freight, absolute log error", *logs, len(billed)))
    late = later["late"].to_numpy(float)
    usual = early.groupby("mode")["late"].mean().reindex(later["mode"]).fillna(early["late"].mean()).to_numpy(float)
    chance = fit_late(early, columns).predict(later)
    rows.append(_row("late, Brier score", *(((p - late) ** 2).mean() for p in (chance, usual)), len(later)))
    inside = ((actual >= made["low"]) & (actual <= made["high"])).mean()
    table = pd.DataFrame(rows)
    table.attrs["coverage"] = float(inside)
    return table


def _row(name: str, ours: float, naive: float, count: int) -> dict[str, object]:
    return {
        "measure": name,
        "ours": float(ours),
        "naive": float(naive),
        "gain": float(1 - ours / naive),
        "shipments": count,
    }


def _weights(shipments: pd.DataFrame, columns: tuple[str, ...], middle: float) -> pd.DataFrame:
    """Design of the freight curve: values of the columns, log weight around its mean, and that of each mode."""
    weight = np.log(positive("weight_kg", shipments["weight_kg"], "weigh the shipment; 0 or missing cannot be priced"))
    design = _dummies(shipments, columns).assign(**{"log weight": weight - middle})
    modes = pd.get_dummies(shipments["mode"].astype(str), dtype=float).add_prefix("log weight, ")
    return pd.concat([design, modes.mul(weight - middle, axis=0)], axis=1)


def _dummies(shipments: pd.DataFrame, columns: tuple[str, ...]) -> pd.DataFrame:
    return pd.get_dummies(shipments[list(columns)].astype(str), dtype=float)


def _enough(rows: pd.DataFrame, what: str) -> None:
    if len(rows) < LEAST:
        raise Refusal.because("no model of shipments", f"{len(rows)} {what}, at least {LEAST}", "take a longer period")
