"""Which ideas to launch together: value with its spread, picks under caps, and how many niches a goal needs."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from crossborder.errors import InputError, Refusal

__all__ = [
    "Picks",
    "Terms",
    "choose",
    "incubation",
    "launch_values",
    "niches_for",
    "outcome_factors",
    "what_would_change",
]


@dataclass(frozen=True)
class Terms:
    """What a launch earns and costs beside its own figures.

    `months` on sale if it succeeds, of a plan window of the same length (a delay eats from it); a failure is stopped
    after three months and returns `salvage` of the launch cost. `units_log_sd` is the spread of an idea's sales,
    `common_log_sd` that of all together; `ramp_weeks` until a launch sells at its level; `rate_year` discounts.
    """

    months: float = 22.0
    salvage: float = 0.30
    units_log_sd: float = 0.45
    common_log_sd: float = 0.15
    failure_factor: float = 0.35
    ramp_weeks: float = 10.0
    rate_year: float = 0.15


def outcome_factors(launches: pd.DataFrame) -> dict[str, float]:
    """From past launches: units of a failure over those of a success, and the log spread of units among successes."""
    known = launches[launches["success"].notna() & launches["units_90_days"].notna()]
    units = known["units_90_days"].astype(float).clip(lower=1)
    won = known["success"].astype(bool).to_numpy()
    if min(won.sum(), (~won).sum()) < 10:
        raise Refusal.because("no factors of outcomes", f"{won.sum()} successes, {(~won).sum()} failures", "needs 10")
    return {
        "failure_factor": float(units[~won].mean() / units[won].mean()),
        "units_log_sd": float(np.log(units[won]).std(ddof=1)),
    }


def launch_values(
    ideas: pd.DataFrame, terms: Terms, rng: np.random.Generator, draws: int = 4000, level: float = 0.9
) -> tuple[pd.DataFrame, np.ndarray]:
    """Discounted contribution of each idea over its life less launch and fix cost, USD, with interval.

    `ideas`: candidate_id, log_odds and log_odds_sd (of success), expected_units_month, piece_usd (contribution a
    piece), launch_cost_usd; optional fix_cost_usd with fix_cost_low_usd and fix_cost_high_usd, fix_days, penalty (share
    of conversions lost). Frame: value_usd, low_usd, high_usd, sd_usd, loss_probability; and the draws x ideas.
    """
    needed = {"candidate_id", "log_odds", "log_odds_sd", "expected_units_month", "piece_usd", "launch_cost_usd"}
    if missing := needed - set(ideas.columns):
        raise InputError.missing_columns("candidates", missing, ideas.columns)
    count = len(ideas)
    column = {name: ideas[name].to_numpy(float) for name in needed - {"candidate_id"}}
    eta = column["log_odds"] + column["log_odds_sd"] * rng.standard_normal((draws, count))
    won = rng.uniform(size=(draws, count)) < 1 / (1 + np.exp(-eta))
    spread = terms.units_log_sd * rng.standard_normal((draws, count))
    common = terms.common_log_sd * rng.standard_normal((draws, 1))
    mean_one = np.exp(spread + common - 0.5 * (terms.units_log_sd**2 + terms.common_log_sd**2))
    zero = np.zeros(count)
    delay = ideas["fix_days"].to_numpy(float) / 30.4 if "fix_days" in ideas else zero
    keep = 1 - (ideas["penalty"].to_numpy(float) if "penalty" in ideas else zero)
    monthly = column["expected_units_month"] * column["piece_usd"] * keep * mean_one
    lost = terms.ramp_weeks / 4.345 / 2  # months of full sales lost to a straight ramp
    selling = np.maximum(terms.months - delay - lost, 0.0)
    discount = (1 + terms.rate_year) ** -((delay + terms.months / 2) / 12)
    success = monthly * selling * discount
    failure = monthly * terms.failure_factor * max(3.0 - lost, 0.5) + terms.salvage * column["launch_cost_usd"]
    fixing = _fix_cost(ideas, rng, draws)
    values = np.where(won, success, failure) - column["launch_cost_usd"] - fixing
    ends = np.quantile(values, [(1 - level) / 2, (1 + level) / 2], axis=0)
    table = ideas[["candidate_id"]].assign(
        value_usd=values.mean(axis=0), low_usd=ends[0], high_usd=ends[1], sd_usd=values.std(axis=0),
        loss_probability=(values < 0).mean(axis=0), if_success_usd=success.mean(axis=0) - column["launch_cost_usd"]
        - fixing.mean(axis=0), if_failure_usd=failure.mean(axis=0) - column["launch_cost_usd"] - fixing.mean(axis=0),
    )  # fmt: skip
    return table, values


def _fix_cost(ideas: pd.DataFrame, rng: np.random.Generator, draws: int) -> np.ndarray:
    """Triangular between low and high around the usual cost; 0 where nothing is to fix."""
    if "fix_cost_usd" not in ideas:
        return np.zeros((draws, len(ideas)))
    mode = ideas["fix_cost_usd"].to_numpy(float)
    low = ideas["fix_cost_low_usd"].to_numpy(float) if "fix_cost_low_usd" in ideas else mode
    high = ideas["fix_cost_high_usd"].to_numpy(float) if "fix_cost_high_usd" in ideas else mode
    width = np.maximum(high - low, 1e-9)
    u, split = rng.uniform(size=(draws, len(ideas))), (mode - low) / width
    up = low + np.sqrt(u * width * (mode - low))
    down = high - np.sqrt((1 - u) * width * (high - mode))
    return np.where(u < split, up, down)


@dataclass(frozen=True)
class Picks:
    """The chosen ideas (rows of the frame given, with `chosen`), their cost, the objective and the caps that bind."""

    table: pd.DataFrame
    cost_usd: float
    objective_usd: float
    binding: list[str]


def choose(
    ideas: pd.DataFrame,
    budget_usd: float,
    *,
    supplier_share: float = 1.0,
    market_share: float = 1.0,
    risk_aversion: float = 0.0,
    at_most: int = 0,
    forbid: tuple[str, ...] = (),
) -> Picks:
    """The set with the largest sum of value less `risk_aversion` times sd, within budget and caps (integer programme).

    `ideas`: candidate_id, value_usd, sd_usd, cost_usd, supplier_id, market. `supplier_share` and `market_share` cap the
    part of the budget that one supplier or market may take. Nothing worth its cost: an empty set, not an error.
    Solved to the proven optimum by HiGHS.
    """
    from scipy.optimize import Bounds, LinearConstraint, milp

    if missing := {"candidate_id", "value_usd", "sd_usd", "cost_usd", "supplier_id", "market"} - set(ideas.columns):
        raise InputError.missing_columns("ideas", missing, ideas.columns)
    if budget_usd <= 0 or not 0 < supplier_share <= 1 or not 0 < market_share <= 1:
        raise InputError.out_of_range(
            "budget_usd and shares", (budget_usd, supplier_share, market_share), "a budget above 0, shares in (0, 1]"
        )
    cost = ideas["cost_usd"].to_numpy(float)
    gain = ideas["value_usd"].to_numpy(float) - risk_aversion * ideas["sd_usd"].to_numpy(float)
    shares = {"supplier_id": supplier_share, "market": market_share}
    rows, limits, names = _caps(ideas, cost, budget_usd, shares, at_most)
    free = np.where(ideas["candidate_id"].isin(forbid), 0.0, 1.0)
    found = milp(
        -gain, integrality=np.ones(len(ideas)), bounds=Bounds(0, free), options={"mip_rel_gap": 1e-6},
        constraints=LinearConstraint(rows, -np.inf, limits),
    )  # fmt: skip
    if found.x is None:
        raise Refusal.because("no choice of ideas", str(found.message), "check budget and caps")
    chosen = found.x > 0.5
    used = rows @ chosen
    cheapest = cost[~chosen & (gain > 0)].min() if (~chosen & (gain > 0)).any() else 0.0
    slack = limits - used
    binding = [
        n for n, s, u in zip(names, slack, used, strict=True) if u > 0 and s < cheapest * (n != "number of picks")
    ]
    return Picks(ideas.assign(chosen=chosen), float(cost @ chosen), float(gain @ chosen), binding)


def _caps(ideas: pd.DataFrame, cost: np.ndarray, budget_usd: float, shares: dict[str, float], at_most: int):
    """Rows, limits and names of the constraints."""
    rows, limits, names = [cost], [budget_usd], ["budget"]
    for column, share in shares.items():
        if share < 1:
            code, values = pd.factorize(ideas[column], sort=True)
            rows += list(cost * (code == np.arange(len(values))[:, None]))
            limits += [share * budget_usd] * len(values)
            names += [f"{column} {name}" for name in values]
    if at_most:
        rows, limits, names = [*rows, np.ones(len(ideas))], [*limits, at_most], [*names, "number of picks"]
    return np.array(rows), np.array(limits, dtype=float), names


def what_would_change(picks: Picks, ideas: pd.DataFrame, budget_usd: float, **caps: float) -> pd.DataFrame:
    """For every pick: what is lost without it, so how far its value may fall before it drops out, and what enters then.

    Columns: candidate_id, value_usd, lost_without_usd, drops_below_usd (value), replaced_by; with if_success_usd and
    if_failure_usd in `ideas` also drops_below_probability (of success).
    """
    chosen = picks.table[picks.table["chosen"]]
    rows = []
    for name in chosen["candidate_id"]:  # one small programme a pick
        other = choose(ideas, budget_usd, forbid=(name,), **caps)
        entered = other.table.loc[other.table["chosen"], "candidate_id"]
        new = sorted(set(entered) - set(chosen["candidate_id"]))
        rows.append({"candidate_id": name, "lost_without_usd": picks.objective_usd - other.objective_usd,
                     "replaced_by": ", ".join(new)})  # fmt: skip
    found = pd.DataFrame(rows, columns=["candidate_id", "lost_without_usd", "replaced_by"])
    found = found.astype({"candidate_id": chosen["candidate_id"].dtype, "lost_without_usd": float})
    table = chosen[["candidate_id", "value_usd"]].merge(found, on="candidate_id")
    table["drops_below_usd"] = table["value_usd"] - table["lost_without_usd"]
    if {"if_success_usd", "if_failure_usd"} <= set(chosen.columns):
        ends = chosen.set_index("candidate_id").loc[table["candidate_id"], ["if_success_usd", "if_failure_usd"]]
        gap = (ends["if_success_usd"] - ends["if_failure_usd"]).to_numpy()
        needed = (table["drops_below_usd"].to_numpy() - ends["if_failure_usd"].to_numpy()) / np.where(gap > 0, gap, 1)
        table["drops_below_probability"] = np.clip(needed, 0, 1)
    return table.sort_values("lost_without_usd", ascending=False, ignore_index=True)


def incubation(
    niches: int,
    success: tuple[float, float],
    sales_usd: tuple[float, float],
    margin: float,
    cost_usd: float,
    rng: np.random.Generator,
    *,
    common_log_sd: float = 0.25,
    draws: int = 20_000,
) -> pd.DataFrame:
    """What a portfolio of niches brings: revenue, contribution, capital needed, successes; mean, 5 %, 50 %, 95 %.

    `success` = (mean, sd) of the probability, which all niches share (Beta); `sales_usd` = (mean, log sd) a year of a
    niche that works; `common_log_sd` moves all of them together; `cost_usd` a niche, spent before it is known.
    """
    mean, sd = success
    if not (0 < mean < 1 and 0 < sd < np.sqrt(mean * (1 - mean))):
        raise InputError.out_of_range("success", success, "a mean between 0 and 1 and an sd that a share can have")
    if niches < 1 or sales_usd[0] <= 0:
        raise InputError.out_of_range("niches and sales", (niches, sales_usd), "at least one niche, sales above 0")
    size = mean * (1 - mean) / sd**2 - 1
    chance = rng.beta(mean * size, (1 - mean) * size, draws)
    works = rng.binomial(niches, chance)
    # The sum of lognormals is matched by its mean and variance, exact in both.
    log_sd = sales_usd[1]
    variance = np.expm1(log_sd**2)
    sums = np.zeros(draws)
    some = works > 0
    shape = works[some] / variance
    sums[some] = rng.gamma(shape, sales_usd[0] * variance, some.sum())
    revenue = sums * np.exp(common_log_sd * rng.standard_normal(draws) - common_log_sd**2 / 2)
    contribution = revenue * margin - niches * cost_usd
    table = {"successes": works, "revenue_usd": revenue, "contribution_usd": contribution}
    frame = pd.DataFrame({name: [v.mean(), *np.quantile(v, [0.05, 0.5, 0.95])] for name, v in table.items()})
    frame.index = ["mean", "low", "median", "high"]
    frame = frame.T.rename_axis("measure").reset_index()
    frame.loc[len(frame)] = ["capital_usd", *[float(niches * cost_usd)] * 4]
    frame.loc[len(frame)] = ["loss_probability", *[float((contribution < 0).mean())] * 4]
    return frame


def niches_for(
    goal_usd: float, confidence: float, success: tuple[float, float], sales_usd: tuple[float, float],
    rng: np.random.Generator, most: int = 2000,
) -> int:  # fmt: skip
    """Fewest niches whose yearly revenue reaches the goal with the given confidence; Refusal beyond `most`."""
    if not 0.5 <= confidence < 1:
        raise InputError.out_of_range("confidence", confidence, "0.5 to below 1")
    seed = int(rng.integers(2**32))

    def low(count: int) -> float:
        return _revenue_quantile(count, confidence, success, sales_usd, np.random.default_rng(seed))

    if low(most) < goal_usd:
        raise Refusal.because(
            "the goal is out of reach", f"{most} niches bring {low(most):,.0f} USD", "lower the goal or the confidence"
        )
    few, many = 0, most
    while many - few > 1:
        middle = (few + many) // 2
        few, many = (few, middle) if low(middle) >= goal_usd else (middle, many)
    return many


def _revenue_quantile(count, confidence, success, sales_usd, rng) -> float:
    mean, sd = success
    size = mean * (1 - mean) / sd**2 - 1
    works = rng.binomial(count, rng.beta(mean * size, (1 - mean) * size, 8000))
    variance = np.expm1(sales_usd[1] ** 2)
    sums = np.where(works > 0, rng.gamma(np.maximum(works, 1e-9) / variance, sales_usd[0] * variance), 0.0)
    return float(np.quantile(sums, 1 - confidence))
