"""One company's capital: what it costs, which projects get it, who would own what, and whether debt or equity pays."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from crossborder.company import Company
from crossborder.finance.cap_table import funding_roadmap, next_round, ownership, round_table
from crossborder.finance.capital_allocation import Allocation, allocate, mix_table, tail_frontier, trial_cap
from crossborder.finance.capital_cost import cost_of_equity, weighted_cost
from crossborder.finance.cash_study import Books, assumed, monthly_earnings, planned_movements
from crossborder.finance.funding import debt_or_equity, yearly_earnings
from crossborder.finance.project_risk import (
    RELEASE,
    ProjectDraws,
    horizon_test,
    project_matrix,
    project_table,
    simulate_projects,
)

__all__ = ["Portfolio", "Rounds", "capital_rate", "cash_paths", "debt_choice", "portfolio", "rounds", "trial_table"]

LOOK_AHEAD = 36


@dataclass(frozen=True)
class Portfolio:
    """Projects with their values, the matrix, the choice within budget and caps, the frontier and the mix, USD."""

    projects: pd.DataFrame
    draws: ProjectDraws
    table: pd.DataFrame
    matrix: pd.DataFrame
    horizons: pd.DataFrame
    choice: Allocation
    frontier: pd.DataFrame
    mix: pd.DataFrame
    value: tuple[float, float, float]

    @property
    def chosen(self) -> list[str]:
        """The projects that get money, as their ids."""
        return [name for name, part in zip(self.draws.project_id, self.choice.funded, strict=True) if part > 0.5]


@dataclass(frozen=True)
class Rounds:
    """The path of ownership, the rounds so far, the next round at several values, and the roadmap, USD."""

    owned: pd.DataFrame
    past: pd.DataFrame
    next: pd.DataFrame
    roadmap: pd.DataFrame


def capital_rate(company: Company, found: Books) -> float:
    """The yearly rate that projects must earn: weighted cost of capital by the company's assumptions, after tax.

    Without a beta and a premium the placeholder cost of equity is used.
    """
    own = company.optional("assumptions")
    names = {"finance.equity.beta", "finance.equity.premium", "finance.risk_free.rate_us"}
    if own is not None and names <= set(own["name"]):
        base = {name: assumed(company, name)[0] for name in names}
        size = assumed(company, "finance.size.premium")[0] if "finance.size.premium" in set(own["name"]) else 0.0
        equity = cost_of_equity(
            base["finance.risk_free.rate_us"], base["finance.equity.beta"], base["finance.equity.premium"], size
        )
    else:
        equity = assumed(company, "finance.equity.cost_year")[0]
    debt = max(float(found.balance["loan"]), 0.0)
    value = max(assumed(company, "finance.pre_money.sales_multiple")[0] * float(found.income["net_sales"]), 1.0)
    return weighted_cost(
        value, debt, equity, assumed(company, "finance.debt.rate")[0], assumed(company, "finance.tax.rate")[0]
    )


def portfolio(
    company: Company,
    rate: float,
    *,
    budget_usd: float,
    market_cap: float,
    kind_cap: float,
    rng: np.random.Generator,
    paths: int = 5000,
    level: float = 0.9,
) -> Portfolio | None:
    """The projects' values and the choice within the budget; None without a table of projects.

    No market and no kind of project gets more than its cap of the budget.
    """
    projects = company.optional("projects")
    if projects is None or projects.empty:
        return None
    draws = simulate_projects(projects, rate, paths=paths, rng=rng)
    table = project_table(projects, draws, level=level)
    groups = {"market": (projects["market"], market_cap), "kind": (projects["kind"], kind_cap)}
    value, capital = draws.staged.mean(axis=0), projects["capital_usd"].to_numpy(float)
    choice = allocate(value, capital, budget_usd, groups=groups, draws=draws.staged)
    careful = allocate(value, capital, budget_usd, groups=groups, draws=draws.staged[:300], risk_weight=0.3)
    frontier = tail_frontier(
        draws.staged, capital, budget_usd, groups=groups, risk_weights=(0.0, 0.15, 0.3, 0.45), paths=500
    )
    outcome = draws.staged @ choice.funded
    ends = np.quantile(outcome, [(1 - level) / 2, (1 + level) / 2])
    return Portfolio(
        projects=projects,
        draws=draws,
        table=table.assign(funded=table["project_id"].isin(projects["project_id"][choice.funded > 0.5])),
        matrix=project_matrix(table),
        horizons=horizon_test(projects, rate, as_of=company.as_of),
        choice=choice,
        frontier=_with_mix(frontier, projects),
        mix=mix_table(projects, {"most_value": choice.funded, "careful": careful.funded}),
        value=(float(outcome.mean()), float(ends[0]), float(ends[1])),
    )


def _with_mix(frontier: pd.DataFrame, projects: pd.DataFrame) -> pd.DataFrame:
    """The frontier with the share of its money by kind of project."""
    choices = {str(place): funded for place, funded in enumerate(frontier["funded"])}
    shares = mix_table(projects, choices).set_index("kind")[list(choices)].T.reset_index(drop=True)
    return pd.concat([frontier.drop(columns="funded"), shares], axis=1)


def trial_table(found: Portfolio, cost_year_usd: float, *, cap: float = 0.05, months: int = 6) -> pd.DataFrame:
    """The first tranches of the chosen seed projects, spread over six months each and begun one after the other.

    Held against a share of all monthly cost: see `trial_cap`. Empty if no seed project is chosen.
    """
    seeds = found.projects[(found.projects["stage"] == "seed") & found.projects["project_id"].isin(found.chosen)]
    first = seeds["gates"].map(lambda count: RELEASE.get(int(count), (1 / max(int(count), 1),))[0]).astype(float)
    monthly = (first * seeds["capital_usd"]).to_numpy(float) / months
    if not len(monthly):
        return trial_cap([], [], cap=cap)
    length = months + 2 * (len(monthly) - 1)
    starts = 2 * np.arange(len(monthly))
    month = np.arange(length)
    running = (month[None, :] >= starts[:, None]) & (month[None, :] < starts[:, None] + months)
    return trial_cap(running.T @ monthly, np.full(length, cost_year_usd / 12), cap=cap)


def cash_paths(
    company: Company,
    found: Books,
    capital_plan_usd: float,
    *,
    paths: int,
    rng: np.random.Generator,
    months: int = LOOK_AHEAD,
) -> np.ndarray:
    """Month-end cash [path, month] without new money, USD: past months of earnings in blocks, less projects and loans.

    The last two years' months are drawn in blocks of three around the last year's mean; the projects' money goes out
    evenly over a year, and they earn nothing yet. Regular loan repayments go on.
    """
    past = monthly_earnings(found.items, company.as_of)
    repaid = -planned_movements(company.table("ledger"), company.as_of, 52).sum()
    drawn = past - past.mean() + past[-12:].mean()
    starts = rng.integers(0, len(drawn) - 2, (paths, -(-months // 3)))
    flows = drawn[(starts[:, :, None] + np.arange(3)).reshape(paths, -1)[:, :months]]
    plan = np.where(np.arange(months) < 12, capital_plan_usd / 12, 0.0)
    return float(found.balance["cash"]) + np.cumsum(flows - plan - repaid / 12, axis=1)


def rounds(
    company: Company,
    found: Books,
    paths: np.ndarray,
    *,
    raise_usd: float,
    safety_usd: float,
    dilution_limit: float = 0.3,
    pool_after: float = 0.1,
) -> Rounds | None:
    """Ownership so far, the next round at the low, base and high value, and when money is needed; None without a table.

    The value before the round is a multiple of yearly net sales (assumption finance.pre_money.sales_multiple).
    """
    table = company.optional("cap_table")
    if table is None or table.empty:
        return None
    owned = ownership(table)
    last = owned[owned["order"] == owned["order"].max()]
    base, low, high = assumed(company, "finance.pre_money.sales_multiple")
    value = np.array([low, base, high]) * float(found.income["net_sales"])
    pool = float(last.loc[last["holder"].str.contains("pool|option", case=False), "shares"].sum())
    shares = float(last["shares"].sum())
    coming = next_round(
        shares, raise_usd, value, pool_after=pool_after, pool_shares=pool, dilution_limit=dilution_limit
    )
    roadmap = funding_roadmap(paths, safety_usd)
    return Rounds(owned, round_table(table, dilution_limit=dilution_limit), coming, roadmap)


def debt_choice(
    company: Company,
    found: Books,
    need_usd: float,
    *,
    rate_equity: float,
    safety_usd: float,
    rng: np.random.Generator,
    paths: int = 5000,
    breach_limit: float = 0.05,
) -> pd.DataFrame:
    """Shares of debt in the money needed: cost, dilution, chance of a broken covenant; see `debt_or_equity`."""
    earnings = yearly_earnings(monthly_earnings(found.items, company.as_of, months=12), paths=paths, rng=rng)
    multiple = assumed(company, "finance.pre_money.sales_multiple")[0]
    return debt_or_equity(
        need_usd,
        earnings,
        debt_usd=float(found.balance["loan"]),
        cash_usd=float(found.balance["cash"]),
        debt_rate=assumed(company, "finance.debt.rate")[0],
        equity_cost=rate_equity,
        tax_rate=assumed(company, "finance.tax.rate")[0],
        debt_to_ebitda_max=assumed(company, "finance.covenant.debt_to_ebitda_max")[0],
        cash_min_usd=max(assumed(company, "finance.covenant.cash_min_usd")[0], 0.0),
        pre_money_usd=max(multiple * float(found.income["net_sales"]), 1.0),
        breach_limit=breach_limit,
    )
