"""Plans against scenarios: which plan is best on average, in the worst case, and by regret."""

import itertools
from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd

from crossborder.errors import InputError

__all__ = ["choices", "compared", "damped_payoffs", "robustness", "tree"]


def tree(uncertainties: dict[str, dict[str, float]]) -> pd.DataFrame:
    """Scenario tree: one row a combination of outcomes, with its probability (outcomes taken as independent).

    `uncertainties` maps a name to outcomes and probabilities that add up to 1.
    """
    for name, outcomes in uncertainties.items():
        if abs(sum(outcomes.values()) - 1) > 1e-6:
            raise InputError.out_of_range(name, sum(outcomes.values()), "probabilities that add up to 1", "")
    rows = [
        {**dict(zip(uncertainties, path, strict=True)),
         "probability": float(np.prod([uncertainties[n][o] for n, o in zip(uncertainties, path, strict=True)]))}
        for path in itertools.product(*uncertainties.values())
    ]  # fmt: skip
    return pd.DataFrame(rows)


def choices(payoffs: pd.DataFrame, probability: pd.Series | None = None) -> pd.DataFrame:
    """Plans (rows) by scenario (columns): expected, worst, max_regret, and which rule picks each plan.

    Without probabilities the expected value takes scenarios as equally likely (Laplace).
    """
    weight = pd.Series(1 / payoffs.shape[1], payoffs.columns) if probability is None else probability
    if list(weight.index) != list(payoffs.columns) or abs(weight.sum() - 1) > 1e-6:
        raise InputError.out_of_range("probability", float(weight.sum()), "one for each scenario, adding up to 1", "")
    table = pd.DataFrame(
        {
            "expected": payoffs @ weight,
            "worst": payoffs.min(axis=1),
            "max_regret": (payoffs.max() - payoffs).max(axis=1),
        }
    )
    rules = {
        "expected": table["expected"].idxmax(),
        "worst": table["worst"].idxmax(),
        "regret": table["max_regret"].idxmin(),
    }
    table["picked_by"] = [", ".join(rule for rule, plan in rules.items() if plan == name) for name in table.index]
    return table.rename_axis("plan").reset_index()


def compared(payoffs: pd.DataFrame, *, rng: np.random.Generator) -> pd.DataFrame:
    """The plans of `choices` with their robustness and in USD: plan, expected_usd, worst_case_usd, max_regret, ..."""
    table = choices(payoffs).assign(robustness=robustness(payoffs, rng=rng).to_numpy())
    return table.rename(columns={"worst": "worst_case_usd", "expected": "expected_usd"})


def damped_payoffs(
    chain: Callable[[pd.DataFrame], pd.DataFrame],
    shocks: pd.DataFrame,
    options: Mapping[str, tuple[Mapping[str, float], float]],
    *,
    measure: str = "ebitda_year",
) -> pd.DataFrame:
    """Payoffs of options (rows) by scenario (columns): an option keeps a share of some shocks and costs a sum a year.

    `options` maps a name to (share of each shock that is left, cost in USD). All runs go through the chain at once.
    """
    parts = [
        shocks.mul(pd.Series(left, dtype=float).reindex(shocks.columns).fillna(1.0)) for left, _ in options.values()
    ]
    values = chain(pd.concat(parts, ignore_index=True))[measure].to_numpy(float).reshape(len(options), len(shocks))
    cost = np.array([[price] for _, price in options.values()])
    return pd.DataFrame(values - cost, index=list(options), columns=shocks.index)


def robustness(payoffs: pd.DataFrame, *, rng: np.random.Generator, draws: int = 5_000) -> pd.Series:
    """Share of all possible scenario probabilities under which each plan is the best (uniform on the simplex)."""
    weights = rng.dirichlet(np.ones(payoffs.shape[1]), size=draws)
    best = (payoffs.to_numpy() @ weights.T).argmax(axis=0)
    return pd.Series(np.bincount(best, minlength=len(payoffs)) / draws, payoffs.index, name="robustness")
