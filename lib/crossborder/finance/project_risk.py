"""What projects that ask for money are worth, with their risk: staged release, the value of stopping, horizons."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from crossborder.errors import InputError, Refusal
from crossborder.finance.valuation import xirr

__all__ = ["RELEASE", "ProjectDraws", "horizon_test", "project_matrix", "project_table", "simulate_projects"]

# Shares of the capital by number of tranches; the three-stage one is what industry reports cite.
RELEASE: dict[int, tuple[float, ...]] = {1: (1.0,), 2: (0.4, 0.6), 3: (0.25, 0.55, 0.20)}
STAGE_YEARS = 0.5
FIRST_CASH_YEAR = 2
Z95 = 1.6448536269514722
COLUMNS = [
    "project_id", "stage", "kind", "market", "capital_usd", "yearly_cash_low_usd", "yearly_cash_base_usd",
    "yearly_cash_high_usd", "years", "success_probability", "gates",
]  # fmt: skip


@dataclass(frozen=True)
class ProjectDraws:
    """Net present values by path and project, USD: money released in stages, the same if all were paid at once.

    `spent` is the present value of the money released on each path.
    """

    project_id: tuple[str, ...]
    staged: np.ndarray
    at_once: np.ndarray
    spent: np.ndarray
    rate: float


def simulate_projects(
    projects: pd.DataFrame,
    rate: float,
    *,
    paths: int,
    rng: np.random.Generator,
    release: Mapping[int, Sequence[float]] = RELEASE,
    common: float = 0.15,
    shared_by_kind: float = 0.20,
    learned: float = 0.6,
) -> ProjectDraws:
    """Draws of every project's value at the yearly `rate`.

    A project with g gates takes its money in g tranches half a year apart; before each one after the first it must pass
    a gate, with its success probability. Before the last tranche a signal of its yearly cash is seen (correlation
    `learned` with the truth), and it stops where the expected cash no longer pays the rest. Yearly cash (5 %, 50 % and
    95 % points as given, two-piece normal) comes from year 2; `common` and `shared_by_kind` are the shares of its
    variance that all projects, and projects of one kind, have in common.
    """
    table = _checked(projects)
    if rate <= -1 or not 0 <= common + shared_by_kind <= 1 or not 0 <= learned <= 1:
        got = (rate, common, shared_by_kind, learned)
        raise InputError.out_of_range("rate, common, shared_by_kind, learned", got, "rate above -1, shares from 0 to 1")
    count = len(table)
    kinds, kind = np.unique(table["kind"].to_numpy(dtype=str), return_inverse=True)
    own = 1 - common - shared_by_kind
    z = np.sqrt(common) * rng.standard_normal((paths, 1)) + np.sqrt(own) * rng.standard_normal((paths, count))
    z = z + np.sqrt(shared_by_kind) * rng.standard_normal((paths, len(kinds)))[:, kind]
    signal = learned * z + np.sqrt(1 - learned**2) * rng.standard_normal(z.shape)
    years = table["years"].to_numpy(float)
    worth = _annuity(rate, years)
    value = _cash(table, z) * worth
    expected = _cash(table, learned * signal) * worth
    shares, times = _tranches(table, release)
    cost = table["capital_usd"].to_numpy(float)[:, None] * shares * (1 + rate) ** -times
    return _valued(table, value, expected, cost, rate, rng)


def project_table(projects: pd.DataFrame, draws: ProjectDraws, *, level: float = 0.9) -> pd.DataFrame:
    """One row a project: mean value with range, probability of loss, value of stopping, return on money released.

    `npv_low` and `npv_high` are quantiles of the outcome, `error_usd` the standard error of the mean from simulation.
    """
    low, high = np.quantile(draws.staged, [(1 - level) / 2, (1 + level) / 2], axis=0)
    table = _checked(projects)[["project_id", "name", "stage", "kind", "market", "capital_usd"]].copy()
    mean = draws.staged.mean(axis=0)
    table["npv_usd"], table["npv_low"], table["npv_high"] = mean, low, high
    table["error_usd"] = draws.staged.std(axis=0) / np.sqrt(len(draws.staged))
    table["loss_probability"] = (draws.staged < 0).mean(axis=0)
    table["at_once_usd"] = draws.at_once.mean(axis=0)
    table["option_usd"] = table["npv_usd"] - table["at_once_usd"]
    table["spent_usd"] = draws.spent.mean(axis=0)
    table["return"] = mean / draws.spent.mean(axis=0)
    return table.sort_values("npv_usd", ascending=False, kind="stable", ignore_index=True)


def project_matrix(table: pd.DataFrame) -> pd.DataFrame:
    """Stage x kind: projects, capital asked for, expected value and return, from `project_table`."""
    grouped = table.groupby(["stage", "kind"], as_index=False).agg(
        projects=("project_id", "size"),
        capital_usd=("capital_usd", "sum"),
        npv_usd=("npv_usd", "sum"),
        spent_usd=("spent_usd", "sum"),
        loss_probability=("loss_probability", "mean"),
    )
    return grouped.assign(**{"return": grouped["npv_usd"] / grouped["spent_usd"]})


def horizon_test(
    projects: pd.DataFrame,
    rate: float,
    *,
    as_of: object,
    horizons: Sequence[int] = (3, 5, 8),
    release: Mapping[int, Sequence[float]] = RELEASE,
) -> pd.DataFrame:
    """Value, internal rate and payback of the expected flows, cash beyond each horizon cut off.

    One row a project: npv_<years>_usd, irr (a missing value where there is none, or several), roots (how many there
    are), payback_years (discounted; infinite if never). Flows are weighted with the probability of coming that far.
    """
    table = _checked(projects)
    shares, times = _tranches(table, release)
    rows = []
    for place in range(len(table)):
        row = table.iloc[place]
        amounts, years = _expected_flows(row, shares[place], times[place])
        found = {f"npv_{h}_usd": _value(amounts, years, rate, h) for h in horizons}
        rates = _internal_rates(amounts, years, as_of)
        found |= {"irr": rates[0] if len(rates) == 1 else np.nan, "roots": len(rates)}
        rows.append({"project_id": row["project_id"], **found, "payback_years": _payback(amounts, years, rate)})
    return pd.DataFrame(rows)


def _checked(projects: pd.DataFrame) -> pd.DataFrame:
    missing = set(COLUMNS) - set(projects.columns)
    if missing:
        raise InputError.missing_columns("projects", missing, projects.columns)
    if projects.empty:
        raise Refusal.because("no projects", "the table is empty", "give at least one project")
    ordered = projects["yearly_cash_low_usd"].le(projects["yearly_cash_base_usd"]) & projects[
        "yearly_cash_base_usd"
    ].le(projects["yearly_cash_high_usd"])
    if not ordered.all():
        wrong = projects.loc[~ordered, "project_id"].tolist()[:5]
        raise InputError.out_of_range("yearly cash of projects", wrong, "low <= base <= high")
    chance = projects["success_probability"].astype(float)
    if not chance.between(0, 1).all():
        raise InputError.out_of_range("success_probability", float(chance.max()), "from 0 to 1")
    return projects.reset_index(drop=True)


def _cash(table: pd.DataFrame, z: np.ndarray) -> np.ndarray:
    low, base, high = (table[f"yearly_cash_{name}_usd"].to_numpy(float) for name in ("low", "base", "high"))
    return base + np.where(z < 0, base - low, high - base) * z / Z95


def _annuity(rate: float, years: np.ndarray) -> np.ndarray:
    """Present value of 1 a year in years 2, 3, ... (`years` of them)."""
    longest = int(years.max())
    each = (1 + rate) ** -(FIRST_CASH_YEAR + np.arange(longest, dtype=float))
    return np.cumsum(each)[years.astype(int) - 1]


def _tranches(table: pd.DataFrame, release: Mapping[int, Sequence[float]]) -> tuple[np.ndarray, np.ndarray]:
    """Shares and times (years) by project and tranche, padded with zero shares."""
    gates = np.maximum(table["gates"].to_numpy(int), 1)
    widest = int(gates.max())
    shares = np.zeros((len(gates), widest))
    for count in sorted(set(gates.tolist())):
        given = np.asarray(release.get(count, np.full(count, 1 / count)), dtype=float)
        if len(given) != count or abs(given.sum() - 1) > 1e-9 or (given < 0).any():
            raise InputError.out_of_range(f"release of {count} tranches", given.tolist(), f"{count} shares of sum 1")
        shares[gates == count, :count] = given
    return shares, np.broadcast_to(STAGE_YEARS * np.arange(widest), shares.shape)


def _valued(table, value, expected, cost, rate: float, rng: np.random.Generator) -> ProjectDraws:
    """Walk the gates: pay each tranche while the project lives; the last also needs cash worth its cost."""
    chance = table["success_probability"].to_numpy(float)
    gates = np.maximum(table["gates"].to_numpy(int), 1)
    alive = np.ones(value.shape, dtype=bool)
    passed_all = np.ones(value.shape, dtype=bool)
    spent = np.zeros(value.shape)
    for step in range(cost.shape[1]):
        if step:
            passed = rng.random(value.shape) < chance
            inside = step < gates
            passed_all &= passed | ~inside
            worth_it = (step < gates - 1) | (expected > cost[:, step])
            alive &= ~inside | (passed & worth_it)
        spent += np.where(alive, cost[:, step], 0.0)
    staged = np.where(alive, value, 0.0) - spent
    at_once = np.where(passed_all, value, 0.0) - table["capital_usd"].to_numpy(float)
    return ProjectDraws(tuple(table["project_id"].astype(str)), staged, at_once, spent, rate)


def _expected_flows(row: pd.Series, shares: np.ndarray, times: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    chance = float(row["success_probability"])
    used = np.arange(max(int(row["gates"]), 1))
    out = -float(row["capital_usd"]) * shares[used] * chance**used
    years = FIRST_CASH_YEAR + np.arange(int(row["years"]), dtype=float)
    # The mean of the two-piece normal lies above or below its median.
    low, base, high = (float(row[f"yearly_cash_{name}_usd"]) for name in ("low", "base", "high"))
    mean = base + (high + low - 2 * base) / Z95 / np.sqrt(2 * np.pi)
    cash = np.full(len(years), mean * chance ** used[-1])
    return np.r_[out, cash], np.r_[times[used], years]


def _internal_rates(amounts: np.ndarray, years: np.ndarray, as_of: object) -> tuple[float, ...]:
    order = np.argsort(years, kind="stable")
    signs = np.sign(amounts[order])
    if (np.diff(signs[signs != 0]) != 0).sum() != 1:
        days = pd.Timestamp(as_of) + pd.to_timedelta(np.round(years * 365), unit="D")
        return xirr(amounts, days).rates
    from scipy.optimize import brentq

    # One change of sign: one root at most (Descartes), so no search for others.
    ends = (-0.9999, 1e4)
    value = [_value(amounts, years, end, np.inf) for end in ends]
    return (brentq(lambda rate: _value(amounts, years, rate, np.inf), *ends),) if value[0] * value[1] < 0 else ()


def _value(amounts: np.ndarray, years: np.ndarray, rate: float, horizon: float) -> float:
    kept = years <= horizon
    return float((amounts[kept] * (1 + rate) ** -years[kept]).sum())


def _payback(amounts: np.ndarray, years: np.ndarray, rate: float) -> float:
    """Year by which the discounted flows have paid back for good, even within a year."""
    order = np.argsort(years, kind="stable")
    running = np.cumsum(amounts[order] * (1 + rate) ** -years[order])
    if running[-1] < 0:
        return float("inf")
    last = np.flatnonzero(running < 0)
    if not len(last):
        return 0.0
    place = last[-1] + 1
    step = running[place] - running[place - 1]
    before = years[order][place - 1]
    return float(before + (years[order][place] - before) * -running[place - 1] / step)
