"""What advertising adds to orders, as the marketing area measures it, for the plan of the finance area."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from crossborder.company import shared
from crossborder.errors import Refusal
from crossborder.marketing import mix_panel, panel_inputs, trials

if TYPE_CHECKING:
    from crossborder.company import Company
    from crossborder.marketing.budget_tables import MixInputs

__all__ = ["FOLLOW_ORDERS", "AdvertisingShare", "advertising_share", "share_for_plan"]

FOLLOW_ORDERS = ("affiliate", "retargeting", "search_brand", "email", "social_organic")
"""Channels whose spend follows orders; a regression would take the order for the effect (see 42)."""
FEWEST_WEEKS = 52
UNMEASURED_SHARE = 0.2
MOST_SHARE = 0.9


@dataclass(frozen=True)
class AdvertisingShare:
    """Share of sales that advertising added, with interval; `tested` if a regional test went into it.

    `markets` are those measured together, `weeks` the weeks of the longest; none where it is given or assumed.
    """

    share: float
    low: float
    high: float
    level: float
    markets: tuple[str, ...]
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
            return shared.once(advertising_share, company, rng=rng)
        except Refusal:
            given = UNMEASURED_SHARE
    return AdvertisingShare(given, 0.5 * given, 1.5 * given, 0.9, (), 0, False)


def advertising_share(company: "Company", *, level: float = 0.9, rng: np.random.Generator) -> AdvertisingShare:
    """Share of sales that advertising adds: one mix model over all markets, held to their regional tests.

    The share is the median of the draws. A single market's model, as 42 shows it, cannot tell most channels from
    their prior; markets together can. Raises `Refusal` with less than a year of weeks in every market, because then
    the season cannot be told from the effect.
    """
    data = panel_inputs.panel_inputs(company, FOLLOW_ORDERS, fewest_weeks=FEWEST_WEEKS)
    if not data:
        raise Refusal.because("no share of advertising", "weeks of spend: less than a year", "give the share yourself")
    tests = _tests(company, data, level, rng)
    spend, sales, controls = (
        {market: getattr(one, part) for market, one in data.items()} for part in ("spend", "revenue", "controls")
    )
    model = mix_panel.fit(spend, sales, controls, experiments=tests)
    found = mix_panel.added(model, level=level, rng=rng)
    ends = np.clip([found.share, found.low, found.high], 0.0, MOST_SHARE).tolist()
    weeks = max(len(one.revenue) for one in data.values())
    return AdvertisingShare(*ends, level, model.markets, weeks, bool(tests))


def _tests(
    company: "Company", data: "dict[str, MixInputs]", level: float, rng: np.random.Generator
) -> dict[str, pd.DataFrame]:
    """The latest regional test of each market, as a row of the mix model's experiments."""
    table = company.optional("experiments")
    if table is None:
        return {}
    found = {}
    for market in sorted(set(table.loc[table["design"] == "geo", "market"]) & set(data)):
        test = trials.regional_test(company, market, level=level, rng=rng)
        if test is not None and test.channel in data[market].spend:
            row = {"roi": max(test.roi, 0.0), "standard_error": test.roi_error}
            found[market] = pd.DataFrame([row], index=[test.channel])
    return found
