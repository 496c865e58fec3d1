"""Which assumptions matter: one at a time (tornado), and shares of variance (Sobol), alone or in groups."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pandas as pd
from scipy.special import ndtri

from crossborder.errors import InputError
from crossborder.finance.simulation import Driver

__all__ = ["sobol", "tornado"]

Outcome = Callable[[pd.DataFrame], np.ndarray]


def tornado(drivers: Sequence[Driver], outcome: Outcome) -> pd.DataFrame:
    """The outcome with each driver at its low and its high point, all others at base; widest first.

    Columns driver, low, high (values of the driver), outcome_low, outcome_high, swing; `attrs["base"]` is the outcome
    at base. A driver without range has a swing of exactly zero.
    """
    base = pd.DataFrame({driver.name: np.full(2 * len(drivers) + 1, driver.base) for driver in drivers})
    for place, driver in enumerate(drivers):
        base.loc[1 + 2 * place, driver.name] = driver.low
        base.loc[2 + 2 * place, driver.name] = driver.high
    values = np.asarray(outcome(base), dtype=float)
    table = pd.DataFrame(
        {
            "driver": [driver.name for driver in drivers],
            "low": [driver.low for driver in drivers],
            "high": [driver.high for driver in drivers],
            "outcome_low": values[1::2],
            "outcome_high": values[2::2],
        }
    )
    table["swing"] = (table["outcome_high"] - table["outcome_low"]).abs()
    table = table.sort_values("swing", ascending=False, kind="stable").reset_index(drop=True)
    table.attrs["base"] = float(values[0])
    return table


def sobol(
    drivers: Sequence[Driver],
    outcome: Outcome,
    *,
    groups: Mapping[str, Sequence[str]] | None = None,
    size: int = 1024,
    resamples: int = 200,
    level: float = 0.9,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Shares of the outcome's variance that each driver (or group of drivers) explains, first order and total.

    First order by Saltelli et al. (2010), total by Jansen (1999), on a scrambled Sobol design of `size` (power of two)
    points; intervals by bootstrap of the design's rows. Correlated drivers belong into one group: between groups draws
    are independent. Costs size x (groups + 2) evaluations.
    """
    if size < 2 or size & (size - 1):
        raise InputError.out_of_range("size", size, "a power of two, such as 1024")
    names = [driver.name for driver in drivers]
    groups = dict(groups or {name: [name] for name in names})
    grouped = [name for members in groups.values() for name in members]
    if sorted(grouped) != sorted(names):
        raise InputError.out_of_range("groups", grouped, f"each driver once: {', '.join(names)}")
    first, second = _designs(drivers, size, rng)
    at_first, at_second = _evaluated(outcome, first), _evaluated(outcome, second)
    mixed = {
        group: _evaluated(outcome, first.assign(**{name: second[name] for name in members}))
        for group, members in groups.items()
    }
    indices = rng.integers(0, size, (resamples, size))
    rows = [(group, *_shares(at_first, at_second, values, indices, level)) for group, values in mixed.items()]
    columns = ["driver", "first_order", "first_low", "first_high", "total", "total_low", "total_high"]
    return (
        pd.DataFrame(rows, columns=columns).sort_values("total", ascending=False, kind="stable").reset_index(drop=True)
    )


def _designs(drivers: Sequence[Driver], size: int, rng: np.random.Generator) -> tuple[pd.DataFrame, pd.DataFrame]:
    from scipy.stats import qmc

    points = qmc.Sobol(2 * len(drivers), rng=rng).random(size)
    normals = ndtri(np.clip(points, 1e-9, 1 - 1e-9))
    halves = normals[:, : len(drivers)], normals[:, len(drivers) :]
    first, second = (
        pd.DataFrame({driver.name: driver.at(half[:, place]) for place, driver in enumerate(drivers)})
        for half in halves
    )
    return first, second


def _evaluated(outcome: Outcome, design: pd.DataFrame) -> np.ndarray:
    values = np.asarray(outcome(design), dtype=float)
    if values.shape != (len(design),) or not np.isfinite(values).all():
        raise InputError.out_of_range("outcome", values.shape, "one finite number a row of the design")
    return values


def _shares(first: np.ndarray, second: np.ndarray, mixed: np.ndarray, rows: np.ndarray, level: float) -> list[float]:
    def estimate(a: np.ndarray, b: np.ndarray, ab: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        variance = np.concatenate([a, b], axis=-1).var(axis=-1)
        safe = np.where(variance > 0, variance, 1)
        alone = np.where(variance > 0, (b * (ab - a)).mean(axis=-1) / safe, 0)
        whole = np.where(variance > 0, 0.5 * ((a - ab) ** 2).mean(axis=-1) / safe, 0)
        return alone, whole

    # Centred, so that the product estimator does not carry the mean's square along.
    centre = np.concatenate([first, second]).mean()
    a, b, ab = first - centre, second - centre, mixed - centre
    ends = [(1 - level) / 2, (1 + level) / 2]
    result = []
    for value, draws in zip(estimate(a, b, ab), estimate(a[rows], b[rows], ab[rows]), strict=True):
        low, high = np.quantile(draws, ends)
        result += [float(value), float(low), float(high)]
    return result
