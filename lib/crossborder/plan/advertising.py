"""What advertising adds to orders, as the marketing area measures it, for the plan of the finance area."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from crossborder.errors import Refusal
from crossborder.marketing import budget_tables, mix_model, trials

if TYPE_CHECKING:
    import pandas as pd

    from crossborder.company import Company

__all__ = ["FOLLOW_ORDERS", "AdvertisingShare", "advertising_share", "share_for_plan"]

FOLLOW_ORDERS = ("affiliate", "retargeting", "search_brand", "email", "social_organic")
"""Channels whose spend follows orders; a regression would take the order for the effect (see 42)."""
FEWEST_WEEKS = 52
UNMEASURED_SHARE = 0.2
MOST_SHARE = 0.9


@dataclass(frozen=True)
class AdvertisingShare:
    """Share of sales that advertising added in a market, with interval; `tested` if a regional test went into it."""

    share: float
    low: float
    high: float
    level: float
    market: str
    weeks: int
    tested: bool

    @property
    def range(self) -> tuple[float, float]:
        """Low and high."""
        return self.low, self.high


def share_for_plan(company: "Company", given: float = -1.0, *, rng: np.random.Generator) -> AdvertisingShare:
    """The share for the plan: `given` if it is not negative, else measured, else a fifth.

    What is not measured gets half to one and a half of itself as its range, and no weeks.
    """
    if given < 0:
        try:
            return advertising_share(company, rng=rng)
        except Refusal:
            given = UNMEASURED_SHARE
    return AdvertisingShare(given, 0.5 * given, 1.5 * given, 0.9, "", 0, False)


def advertising_share(
    company: "Company", *, market: str = "", level: float = 0.9, draws: int = 400, rng: np.random.Generator
) -> AdvertisingShare:
    """Share of sales that advertising adds: the mix model of a market, held to its regional test where there is one.

    `market` is the one with a regional test, else the one with most clicks, unless given. The share is that of the
    fit, as 42 shows it; the interval comes from draws. Raises `Refusal` with less than a year of weeks, because then
    the season cannot be told from the effect.
    """
    spend = company.table("ad_spend")
    tests = company.optional("experiments")
    chosen = market or _usual_market(spend, tests)
    weeks = budget_tables.mix_inputs(company, chosen, FOLLOW_ORDERS)
    if len(weeks.revenue) < FEWEST_WEEKS:
        raise Refusal.because(
            "no share of advertising", f"{len(weeks.revenue)} weeks of spend in {chosen}", "give the share yourself"
        )
    test = trials.regional_test(company, chosen, level=level, rng=rng) if tests is not None else None
    held = _held_to(test, list(weeks.spend))
    model = mix_model.fit(weeks.spend, weeks.revenue, weeks.controls, experiments=held)
    added = mix_model.total_shares(model, mix_model.draw(model, draws, rng))
    low, high = np.quantile(np.clip(added, 0.0, MOST_SHARE), [(1 - level) / 2, (1 + level) / 2]).tolist()
    fitted = float(np.clip(mix_model.total_shares(model, model.theta[None, :])[0], low, high))
    return AdvertisingShare(fitted, low, high, level, chosen, len(weeks.revenue), held is not None)


def _usual_market(spend: "pd.DataFrame", tests: "pd.DataFrame | None") -> str:
    """The market of the latest regional test, or that with most clicks."""
    if tests is not None:
        regional = tests[tests["design"] == "geo"]
        if len(regional):
            return str(regional.loc[regional["date"].idxmax(), "market"])
    return str(spend.groupby("market")["clicks"].sum().astype(float).idxmax())


def _held_to(test: "trials.RegionalTest | None", channels: list[str]) -> "pd.DataFrame | None":
    """The test as a row of the mix model's experiments, if it is of a channel in the model."""
    import pandas as pd

    if test is None or test.channel not in channels:
        return None
    row = {"roi": max(test.roi, 0.0), "standard_error": test.roi_error}
    return pd.DataFrame([row], index=[test.channel])
