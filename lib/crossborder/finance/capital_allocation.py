"""Which projects get money: the most value under a budget and caps, and the same with a limit on bad outcomes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from crossborder.errors import InputError, Refusal

__all__ = ["Allocation", "allocate", "expected_shortfall", "mix_table", "tail_frontier", "trial_cap"]


@dataclass(frozen=True)
class Allocation:
    """Share of each project that is funded (0 or 1 unless fractions are allowed) and what the choice is worth, USD.

    `shortfall_usd` is the mean loss on the worst paths (negative: still a gain); missing without draws.
    """

    funded: np.ndarray
    value_usd: float
    capital_usd: float
    shortfall_usd: float


def allocate(
    value: Sequence[float],
    capital: Sequence[float],
    budget: float | Sequence[float],
    *,
    groups: Mapping[str, tuple[Sequence[object], float]] | None = None,
    excludes: Sequence[tuple[int, int]] = (),
    draws: np.ndarray | None = None,
    risk_weight: float = 0.0,
    level: float = 0.95,
    fractions: bool = False,
) -> Allocation:
    """The projects of most value within the budget (one number, or one a period with `capital` [project, period]).

    `groups` maps a name to (label of each project, greatest share of the budget that one label may take; a missing
    label is not capped); `excludes` are pairs of which at most one is taken. With `draws` [path, project] the aim is
    (1 - risk_weight) x mean value - risk_weight x expected shortfall at `level` (linear form of Rockafellar and
    Uryasev, 2000, Optimization of Conditional Value-at-Risk). Integer programme by HiGHS, or linear with `fractions`.
    """
    value, capital, budgets = _inputs(value, capital, budget)
    if not 0 <= risk_weight <= 1 or not 0.5 <= level < 1:
        raise InputError.out_of_range("risk_weight and level", (risk_weight, level), "0 to 1, and 0.5 to below 1")
    if risk_weight and draws is None:
        raise InputError.out_of_range("draws", None, "paths of each project's value where risk_weight is above 0")
    rows, limits = _constraints(capital, budgets, groups or {}, excludes)
    funded = _solve(value, rows, limits, draws if risk_weight else None, risk_weight, level, fractions)
    shortfall = float("nan") if draws is None else expected_shortfall(draws @ funded, level)
    return Allocation(funded, float(value @ funded), float((capital[:, 0] * funded).sum()), shortfall)


def expected_shortfall(outcome: np.ndarray, level: float = 0.95) -> float:
    """Mean loss over the worst (1 - level) of outcomes, a fraction of the last path counted in part; loss is positive.

    >>> expected_shortfall(np.array([-10.0, -4.0, 0.0, 6.0]), 0.5)
    7.0
    """
    losses = np.sort(-np.asarray(outcome, dtype=float))[::-1]
    tail = (1 - level) * len(losses)
    weight = np.clip(tail - np.arange(len(losses)), 0.0, 1.0)
    return float((losses * weight).sum() / tail)


def tail_frontier(
    draws: np.ndarray,
    capital: Sequence[float],
    budget: float,
    *,
    groups: Mapping[str, tuple[Sequence[object], float]] | None = None,
    risk_weights: Sequence[float] = (0.0, 0.25, 0.5, 0.75),
    level: float = 0.95,
    paths: int = 500,
) -> pd.DataFrame:
    """Value against expected shortfall, one row a risk weight: value_usd, shortfall_usd, capital_usd, funded (array).

    The choice is made on the first `paths` draws and judged on the others, so that a choice fitted to its own draws is
    seen. Raises Refusal where nothing is left to judge on.
    """
    if len(draws) <= paths:
        raise Refusal.because(
            "no frontier", f"{len(draws)} draws leave none to judge on", f"draw more than {paths} paths"
        )
    fit, judge = draws[:paths], draws[paths:]
    rows = []
    for weight in risk_weights:
        best = allocate(
            fit.mean(axis=0), capital, budget, groups=groups, draws=fit, risk_weight=weight, level=level, fractions=True
        )
        outcome = judge @ best.funded
        rows.append((weight, outcome.mean(), expected_shortfall(outcome, level), best.capital_usd, best.funded))
    return pd.DataFrame(rows, columns=["risk_weight", "value_usd", "shortfall_usd", "capital_usd", "funded"])


def mix_table(projects: pd.DataFrame, choices: Mapping[str, np.ndarray], by: str = "kind") -> pd.DataFrame:
    """Shares of the money by kind (or stage, or market): asked for, and under each choice; rows sum to 1."""
    capital = projects["capital_usd"].to_numpy(float)
    label = projects[by].fillna("all").to_numpy(dtype=str)
    parts = {"asked": np.ones(len(projects)), **choices}
    sums = {name: pd.Series(capital * funded).groupby(label).sum() for name, funded in parts.items()}
    shares = pd.DataFrame({name: total / total.sum() if total.sum() else total for name, total in sums.items()})
    return shares.rename_axis(by).reset_index()


def trial_cap(spend_usd: Sequence[float], budget_usd: Sequence[float], *, cap: float = 0.05) -> pd.DataFrame:
    """Trials against their cap by month: spend, limit, share, left, and `stop` from the month that the cap is passed.

    The limit is a share of the month's whole budget; what a month leaves over does not carry on.
    """
    spend, budget = np.asarray(spend_usd, dtype=float), np.asarray(budget_usd, dtype=float)
    if not 0 < cap <= 1 or (budget <= 0).any() or (spend < 0).any() or len(spend) != len(budget):
        got = (cap, spend.tolist(), budget.tolist())
        raise InputError.out_of_range("cap, spend and budget", got, "cap from 0 to 1, spend at least 0, budget above 0")
    limit = cap * budget
    over = spend > limit + 1e-9
    return pd.DataFrame(
        {
            "month": np.arange(1, len(spend) + 1),
            "spend_usd": spend,
            "limit_usd": limit,
            "share": spend / budget,
            "left_usd": np.maximum(limit - spend, 0.0),
            "stop": np.logical_or.accumulate(over),
        }
    )


def _inputs(value, capital, budget) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    value = np.asarray(value, dtype=float)
    capital = np.asarray(capital, dtype=float)
    capital = capital[:, None] if capital.ndim == 1 else capital
    budgets = np.atleast_1d(np.asarray(budget, dtype=float))
    if len(capital) != len(value) or capital.shape[1] != len(budgets):
        got = (capital.shape, len(value), len(budgets))
        raise InputError.out_of_range("shapes of capital, value, budget", got, "one row a project, one column a budget")
    if not np.isfinite(value).all() or not np.isfinite(capital).all() or (budgets < 0).any():
        raise InputError.out_of_range("value, capital, budget", "not finite, or a budget below 0", "finite numbers")
    return value, capital, budgets


def _constraints(capital, budgets, groups, excludes) -> tuple[np.ndarray, np.ndarray]:
    rows, limits = [*capital.T], [*budgets]
    for name, (labels, share) in groups.items():
        if not 0 < share <= 1 or len(labels) != len(capital):
            raise InputError.out_of_range(f"cap of {name}", (share, len(labels)), "a share to 1, a label a project")
        labels = pd.Series(list(labels))
        for label in sorted(labels.dropna().unique()):
            rows.append(np.where(labels == label, capital[:, 0], 0.0))
            limits.append(share * budgets[0])
    for first, second in excludes:
        row = np.zeros(len(capital))
        row[[first, second]] = 1.0
        rows.append(row)
        limits.append(1.0)
    return np.array(rows), np.array(limits)


def _solve(value, rows, limits, draws, weight: float, level: float, fractions: bool) -> np.ndarray:
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import bmat, csr_array, eye_array

    count = len(value)
    whole = np.zeros(count) if fractions else np.ones(count)
    if draws is None:
        found = milp(-value, integrality=whole, bounds=Bounds(0, 1), constraints=LinearConstraint(rows, ub=limits))
    else:
        paths = len(draws)
        # Variables: funded [project], threshold, excess [path]; excess >= -outcome - threshold.
        aim = np.r_[-(1 - weight) * value, weight, np.full(paths, weight / ((1 - level) * paths))]
        tail = bmat([[csr_array(-draws), csr_array(-np.ones((paths, 1))), -eye_array(paths)]])
        budget = bmat([[csr_array(rows), csr_array((len(rows), 1 + paths))]])
        low = np.r_[np.zeros(count), -np.inf, np.zeros(paths)]
        high = np.r_[np.ones(count), np.full(1 + paths, np.inf)]
        found = milp(
            aim,
            integrality=np.r_[whole, np.zeros(1 + paths)],
            bounds=Bounds(low, high),
            constraints=[
                LinearConstraint(tail.tocsr(), ub=np.zeros(paths)),
                LinearConstraint(budget.tocsr(), ub=limits),
            ],
        )
    if found.x is None:
        raise Refusal.because("no allocation", str(found.message), "check budget and caps")
    return found.x[:count] if fractions else np.round(found.x[:count])
