"""One market, many published sizes: a size for each definition, on the log scale, with bounds kept as bounds.

Model of record i of source s, in logs (Bayesian random-effects meta-analysis with informative scope priors;
compare Turner et al. 2012 and Rover 2020 for the grid over the spread between sources):

    log value = level + growth (year - base year) + sum of scope terms + source effect + error

The source effect has spread `tau` (half-normal prior), the error the record's own `log_sd`. A record marked
">=" or "<=" enters as a probability that the truth lies on that side, never as a value.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import special

from crossborder.errors import InputError, Refusal

__all__ = ["BOUNDS", "Triangulation", "disagreement", "independent_records", "prior_sensitivity", "scope_priors",
           "triangulate"]  # fmt: skip

BOUNDS = ("=", ">=", "<=")
COLUMNS = ("source", "value", "year", "bound", "log_sd")
TAU_GRID = 16
SHARPEST = 1e-6  # joint probability of the bounds below which they contradict the values


@dataclass(frozen=True)
class Triangulation:
    """Size of each definition in the base year with interval, and what it rests on.

    `sizes`: index definition; `low`, `median`, `high` (unit of the records), `records` and `sources` that state this
    definition directly, `prior_share` (fraction of the log variance that the scope and growth priors carry),
    `kind` ("estimate", or "mostly assumption" where no or one source states it).
    `tau` spread between sources (low, median, high, log units); `growth` (yearly, fractions).
    """

    sizes: pd.DataFrame
    draws: pd.DataFrame
    tau: tuple[float, float, float]
    growth: tuple[float, float, float]
    growth_weights: pd.Series
    year: int
    level: float
    sources: int
    effective_draws: float


def independent_records(records: pd.DataFrame, parent: str = "parent") -> pd.DataFrame:
    """The records with reports that quote one parent counted once.

    Rows of the same `parent`, year, bound and scope are one record: the one with the smallest `log_sd` stays, and
    `source` becomes the parent. Column `quoted_by` counts the rows it stands for.
    """
    _columns(records, [*COLUMNS, parent])
    merged = records.assign(source=records[parent].fillna(records["source"])).sort_values("log_sd", kind="stable")
    scope = [c for c in records.columns if c not in (*COLUMNS, parent) and pd.api.types.is_numeric_dtype(records[c])]
    keys = ["source", "year", "bound", *scope]
    counted = merged.assign(quoted_by=merged.groupby(keys, dropna=False)["value"].transform("size"))
    return counted.drop_duplicates(keys).sort_index().reset_index(drop=True)


def triangulate(
    records: pd.DataFrame,
    scopes: pd.DataFrame,
    definitions: pd.DataFrame,
    growth: pd.DataFrame,
    *,
    year: int,
    rng: np.random.Generator,
    tau_scale: float = 0.3,
    level: float = 0.9,
    draws: int = 20_000,
) -> Triangulation:
    """Sizes by definition in `year`.

    `records`: `source`, `value` (any one unit), `year`, `bound` (=, >=, <=), `log_sd` (0.15 is about 15 %) and one
    0/1 column for each scope term. `scopes`: index term, `ratio` (factor by which the term multiplies the size) and
    `log_sd` of that factor (prior). `definitions`: index name, the same 0/1 columns. `growth`: one row a stated rate,
    `rate` (yearly fraction), `sd`, `weight`; several rows are a mixture whose weights the records then move.
    Refusal with fewer than three independent sources, without any exact value, or when bounds contradict.
    """
    checked = _check_records(records, scopes, definitions, growth)
    grid = tau_scale * special.ndtri(0.5 + (np.arange(TAU_GRID) + 0.5) / (2 * TAU_GRID))
    component, tau = np.repeat(np.arange(len(growth)), TAU_GRID), np.tile(grid, len(growth))
    per_cell = max(200, 4 * draws // len(tau))
    theta, log_weight, inside = _cells(checked, scopes, growth.iloc[component], tau, year, per_cell, rng)
    prior = np.log(growth["weight"].to_numpy(dtype=float) / growth["weight"].sum())
    component, tau = np.repeat(component, per_cell), np.repeat(tau, per_cell)
    weight = _normalised(log_weight + prior[component], inside)
    chosen = rng.choice(len(weight), size=draws, p=weight)
    drawn = theta[chosen], tau[chosen], component[chosen]
    return _summary(checked, scopes, definitions, growth, *drawn, (year, level, weight))


def scope_priors(factors: pd.DataFrame) -> pd.DataFrame:
    """Scope ratios as priors from their low (5 %), base and high (95 %): index term; `ratio`, `log_sd`."""
    spread = np.log(factors["high"] / factors["low"]) / (2 * special.ndtri(0.95))
    return pd.DataFrame({"ratio": factors["base"], "log_sd": spread}, index=factors.index)


def prior_sensitivity(
    records: pd.DataFrame,
    scopes: pd.DataFrame,
    definitions: pd.DataFrame,
    growth: pd.DataFrame,
    *,
    year: int,
    seed: int,
    term: str,
    ratios: list[float],
    log_sds: list[float],
    tau_scales: list[float],
    **options,
) -> pd.DataFrame:
    """Sizes by definition when one scope ratio, its spread or `tau_scale` is set otherwise, one change at a time."""
    if term not in scopes.index:
        raise InputError.unknown("scope term", term, scopes.index)
    cases = [("ratio", r, {"ratio": r}, {}) for r in ratios]
    cases += [("log_sd", s, {"log_sd": s}, {}) for s in log_sds]
    cases += [("tau_scale", s, {}, {"tau_scale": s}) for s in tau_scales]
    frames = []
    for name, value, change, setting in cases:
        changed = scopes.copy()
        changed.loc[term, list(change)] = list(change.values())
        run = {**options, **setting, "year": year, "rng": np.random.default_rng(seed)}
        sizes = triangulate(records, changed, definitions, growth, **run).sizes
        frames.append(sizes[["low", "median", "high"]].assign(changed=name, to=value).reset_index())
    return pd.concat(frames, ignore_index=True)


def disagreement(records: pd.DataFrame) -> float:
    """The largest over the smallest value among the records of one year range, as a factor (1 is agreement)."""
    _columns(records, ["value"])
    values = records["value"].to_numpy(dtype=float)
    if len(values) == 0 or np.any(~np.isfinite(values)) or np.any(values <= 0):
        raise InputError.out_of_range("value", values.tolist(), "finite numbers above 0", "drop empty records")
    return float(values.max() / values.min())


def _columns(frame: pd.DataFrame, wanted: list[str], name: str = "records") -> None:
    missing = [c for c in wanted if c not in frame.columns]
    if missing:
        raise InputError.missing_columns(name, missing, frame.columns)


def _check_records(records, scopes, definitions, growth) -> pd.DataFrame:
    _columns(records, [*COLUMNS, *scopes.index])
    _columns(scopes, ["ratio", "log_sd"], "scopes")
    _columns(definitions, list(scopes.index), "definitions")
    _columns(growth, ["rate", "sd", "weight"], "growth")
    unknown = set(records["bound"]) - set(BOUNDS)
    if unknown:
        raise InputError.unknown("bound", sorted(unknown)[0], BOUNDS)
    numbers = records[["value", "year", "log_sd", *scopes.index]].astype(float)
    bad = numbers.columns[~np.isfinite(numbers).all()]
    if len(bad):
        raise InputError.out_of_range(
            f"records column {bad[0]!r}", "missing", "a number in every row", "date undated claims or leave them out"
        )
    if (numbers[["value", "log_sd"]] <= 0).any(axis=None):
        raise InputError.out_of_range(
            "value and log_sd", "0 or less", "numbers above 0", "sizes and errors are positive"
        )
    if (growth["rate"] <= -1).any() or (growth["sd"] <= 0).any() or (growth["weight"] < 0).any():
        raise InputError.out_of_range("growth", growth.to_dict("list"), "rate > -1, sd > 0, weight >= 0", "")
    _refuse_thin(records)
    _refuse_crossed(records, list(scopes.index))
    return records.reset_index(drop=True)


def _refuse_thin(records: pd.DataFrame) -> None:
    sources = records["source"].nunique()
    if sources < 3:
        raise Refusal.because(
            f"a triangulated size from {sources} independent source{'s' if sources != 1 else ''} cannot be given",
            "the spread between sources needs at least three",
            "show the values as scenarios (`meta_analysis.scenarios`) or add sources",
        )
    if not (records["bound"] == "=").any():
        raise Refusal.because(
            "no size can be given", "every record is a bound, none a value", "add one source with a value"
        )


def _refuse_crossed(records: pd.DataFrame, terms: list[str]) -> None:
    keys = ["year", *terms]
    floor = records[records["bound"] == ">="].groupby(keys)["value"].max()
    ceiling = records[records["bound"] == "<="].groupby(keys)["value"].min()
    both = pd.concat([floor.rename("floor"), ceiling.rename("ceiling")], axis=1).dropna()
    crossed = both[both["floor"] > both["ceiling"]]
    if len(crossed):
        row = crossed.iloc[0]
        raise Refusal.because(
            "the bounds contradict each other",
            f"at least {row['floor']:g} and at most {row['ceiling']:g} for one definition and year",
            "give the records different scopes or leave one out",
        )


def _cells(records, scopes, rates, tau, year, count, rng) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Draws of (level, growth, scope terms) with log weights: `count` for each pair of a growth rate and a tau."""
    sources = pd.Index(records["source"].unique())
    x = _rows(records, scopes, sources, year)
    y, s = np.log(records["value"].to_numpy(dtype=float)), records["log_sd"].to_numpy(dtype=float)
    exact = (records["bound"] == "=").to_numpy()
    known, weighed = x[exact], x[exact] / s[exact, None] ** 2
    mean, sd = np.zeros((len(tau), x.shape[1])), np.empty((len(tau), x.shape[1]))
    # A flat level: sd 5 in logs is a factor of e^5 around the records' own mean.
    mean[:, 0], sd[:, 0] = y[exact].mean(), 5.0
    mean[:, 1], sd[:, 1] = np.log1p(rates["rate"]), rates["sd"] / (1 + rates["rate"])
    mean[:, 2 : 2 + len(scopes)], sd[:, 2 : 2 + len(scopes)] = np.log(scopes["ratio"]), scopes["log_sd"]
    sd[:, 2 + len(scopes) :] = tau[:, None]
    precision = weighed.T @ known + np.eye(x.shape[1]) / sd[:, None, :] ** 2
    centre = np.linalg.solve(precision, (mean / sd**2 + weighed.T @ y[exact])[:, :, None])
    marginal = (known * sd[:, None, :] ** 2) @ known.T + np.diag(s[exact] ** 2)
    evidence = _log_normal(y[exact] - mean @ known.T, marginal)
    factor = np.linalg.cholesky(np.linalg.inv(precision))
    noise = rng.standard_normal((len(tau), count, x.shape[1]))
    theta = (centre[:, None, :, 0] + noise @ np.swapaxes(factor, 1, 2)).reshape(-1, x.shape[1])
    inside = _log_inside(theta @ x[~exact].T, y[~exact], s[~exact], records["bound"][~exact].to_numpy())
    return theta[:, : 2 + len(scopes)], np.repeat(evidence, count) + inside, inside


def _log_normal(gap: np.ndarray, covariance: np.ndarray) -> np.ndarray:
    """Log density of multivariate normals at `gap` (rows) from their means."""
    distance = np.einsum("ci,ci->c", gap, np.linalg.solve(covariance, gap[:, :, None])[:, :, 0])
    return -0.5 * (distance + np.linalg.slogdet(2 * np.pi * covariance)[1])


def _rows(records, scopes, sources, year) -> np.ndarray:
    flags = records[list(scopes.index)].to_numpy(dtype=float)
    effects = (records["source"].to_numpy()[:, None] == sources.to_numpy()[None, :]).astype(float)
    years = records["year"].to_numpy(dtype=float) - year
    return np.column_stack([np.ones(len(records)), years, flags, effects])


def _log_inside(predicted, bound, sd, side) -> np.ndarray:
    sign = np.where(side == ">=", 1.0, -1.0)
    return special.log_ndtr(sign * (predicted - bound) / sd).sum(axis=1)


def _normalised(log_weight: np.ndarray, inside: np.ndarray) -> np.ndarray:
    if np.mean(np.exp(inside)) < SHARPEST:
        raise Refusal.because(
            "the bounds contradict the values",
            f"given the values, all bounds hold with probability below {SHARPEST:g}",
            "give the records different scopes, wider errors, or leave one out",
        )
    weight = np.exp(log_weight - log_weight.max())
    return weight / weight.sum()


def _summary(records, scopes, definitions, growth, theta, tau, component, facts) -> Triangulation:
    year, level, weight = facts
    flags = definitions[list(scopes.index)].to_numpy(dtype=float)
    logs = theta[:, [0]] + theta[:, 2:] @ flags.T
    tails = [(1 - level) / 2, 0.5, (1 + level) / 2]
    sizes = pd.DataFrame(np.exp(np.quantile(logs, tails, axis=0)).T, columns=["low", "median", "high"])
    sizes.index = definitions.index
    stated = records[list(scopes.index)].to_numpy(dtype=float)
    same = (stated[None, :, :] == flags[:, None, :]).all(axis=2)
    sizes["records"] = same.sum(axis=1)
    sizes["sources"] = [records.loc[row, "source"].nunique() for row in same]
    sizes["prior_share"] = _prior_share(records, scopes, growth, flags, float(np.median(tau)), year)
    sizes["kind"] = np.where(sizes["sources"] >= 2, "estimate", "mostly assumption")
    shares = pd.Series(np.bincount(component, minlength=len(growth)) / len(component), index=growth.index)
    return Triangulation(
        sizes, pd.DataFrame(np.exp(logs), columns=definitions.index), tuple(np.quantile(tau, tails)),
        tuple(np.expm1(np.quantile(theta[:, 1], tails))), shares, year, level,
        records["source"].nunique(), float(1 / np.sum(weight**2)),
    )  # fmt: skip


def _prior_share(records, scopes, growth, flags, tau, year) -> np.ndarray:
    """Fraction of a definition's log variance that goes away if scope ratios and growth were known exactly."""
    exact = records[records["bound"] == "="]
    sources = pd.Index(exact["source"].unique())
    x, s = _rows(exact, scopes, sources, year), exact["log_sd"].to_numpy(dtype=float)
    rate = growth.sort_values("weight").iloc[-1]
    free = np.concatenate([[5.0, rate["sd"] / (1 + rate["rate"])], scopes["log_sd"], np.full(len(sources), tau)])
    known = free.copy()
    known[1 : 2 + len(scopes)] = 1e-6
    target = np.column_stack([np.ones(len(flags)), np.zeros(len(flags)), flags, np.zeros((len(flags), len(sources)))])
    spread = []
    for sd in (free, known):
        covariance = np.linalg.inv(np.diag(1 / sd**2) + (x / s[:, None] ** 2).T @ x)
        spread.append(np.einsum("ij,jk,ik->i", target, covariance, target))
    return 1 - spread[1] / spread[0]
