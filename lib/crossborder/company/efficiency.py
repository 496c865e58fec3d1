"""Where do resources work hardest: efficiency against the best practice, and long-term potential."""

import numpy as np
import pandas as pd

from crossborder.errors import InputError

__all__ = ["efficiency", "potential"]


def efficiency(inputs: pd.DataFrame, outputs: pd.DataFrame, *, returns: str = "constant") -> pd.DataFrame:
    """Data envelopment analysis, input-oriented: the share of its inputs with which each unit could do the same.

    Rows are units (the same index), columns are amounts, not below 0, with one above 0 in each unit's inputs and
    outputs. `returns` "constant" is the model of Charnes, Cooper and Rhodes (1978), "variable" that of Banker, Charnes
    and Cooper (1984). Columns: efficiency (0 to 1), peers (units that show how), saving_<input> (amount that could be
    freed, slack included only by the proportional cut). Raises InputError for values that a model cannot take.
    """
    from scipy.optimize import linprog

    if returns not in ("constant", "variable"):
        raise InputError.unknown("returns", returns, ["constant", "variable"])
    x, y = _amounts(inputs, "inputs"), _amounts(outputs, "outputs")
    if len(x) != len(y) or list(inputs.index) != list(outputs.index):
        raise InputError.out_of_range("units", len(y), "the same units in inputs and outputs")
    units = len(x)
    rows = []
    for unit in range(units):  # one small linear program a unit
        cost = np.r_[1.0, np.zeros(units)]
        less = np.c_[-x[unit], x.T]
        more = np.c_[np.zeros(y.shape[1]), -y.T]
        equal = {"A_eq": np.r_[0.0, np.ones(units)][None, :], "b_eq": [1.0]} if returns == "variable" else {}
        bound = np.r_[np.zeros(x.shape[1]), -y[unit]]
        found = linprog(cost, A_ub=np.r_[less, more], b_ub=bound, bounds=[(0, None)] * (units + 1), **equal)
        score = min(1.0, float(found.x[0]))
        peers = [str(inputs.index[k]) for k in np.flatnonzero(found.x[1:] > 1e-7) if k != unit]
        rows.append((score, ", ".join(peers) if score < 1 - 1e-9 else "itself"))
    table = pd.DataFrame(rows, columns=["efficiency", "peers"], index=inputs.index)
    for place, name in enumerate(inputs.columns):
        table[f"saving_{name}"] = (1 - table["efficiency"]) * x[:, place]
    return table.sort_values("efficiency", kind="stable")


def _amounts(frame: pd.DataFrame, name: str) -> np.ndarray:
    values = frame.to_numpy(float)
    if not np.isfinite(values).all() or (values < 0).any() or (values.max(axis=1) <= 0).any():
        raise InputError.out_of_range(name, frame.min().min(), "numbers not below 0, one above 0 in every row")
    return values


def potential(
    measures: pd.DataFrame, rng: np.random.Generator, *, draws: int = 2000, level: float = 0.9
) -> pd.DataFrame:
    """Long-term potential: geometric mean of ranks (0 to 1) of growth, capability, position ..., more is better.

    One row a market; weak anywhere is weak overall. The interval draws the weights of the measures anew (flat
    Dirichlet), and `first` is the share of draws in which the market leads. Columns: potential, low, high, first.
    """
    if measures.isna().any(axis=None) or len(measures) < 2:
        raise InputError.out_of_range("measures", len(measures), "two markets or more without a missing measure")
    ranks = (measures.rank(pct=True) - 0.5 / len(measures)).to_numpy()
    weights = rng.dirichlet(np.ones(measures.shape[1]), draws)
    scores = np.exp(weights @ np.log(ranks).T)
    low, high = np.quantile(scores, [(1 - level) / 2, (1 + level) / 2], axis=0)
    leads = np.bincount(scores.argmax(axis=1), minlength=len(measures)) / draws
    mean = np.exp(np.log(ranks).mean(axis=1))
    table = pd.DataFrame({"potential": mean, "low": low, "high": high, "first": leads}, index=measures.index)
    return table.sort_values("potential", ascending=False, kind="stable")
