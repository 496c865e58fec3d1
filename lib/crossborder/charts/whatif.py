"""What-if: a slider in JupyterLab that calls the same function as the page; in reports the page's own value stands."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from crossborder import style
from crossborder.errors import InputError
from crossborder.finance import pricing
from crossborder.language import t
from crossborder.marketing import attribution
from crossborder.marketing.journeys import Journeys
from crossborder.risk import currency_exposure
from crossborder.selection import portfolio

__all__ = ["Panel", "Slider", "credit", "hedge", "launches", "live", "plan", "price", "what_if"]


@dataclass(frozen=True)
class Slider:
    """One question to play with: label, ends, step and where it starts."""

    label: str
    low: float
    high: float
    step: float
    start: float

    def __post_init__(self) -> None:
        if not self.low <= self.start <= self.high or not 0 < self.step <= self.high - self.low:
            raise InputError.out_of_range(
                f"slider {self.label}",
                (self.low, self.start, self.high, self.step),
                "low, start, high, and a step between",
            )


@dataclass
class Panel:
    """Sliders above what they change; `shown` is the latest answer."""

    recompute: Callable[..., Any]
    sliders: Mapping[str, Slider]
    shown: Any = None
    controls: dict[str, Any] = field(default_factory=dict)

    def build(self) -> Any:
        """The widgets; each move calls `recompute` once, when the slider is let go."""
        import ipywidgets
        from IPython.display import display

        place = ipywidgets.Output()
        for name, slider in self.sliders.items():
            self.controls[name] = ipywidgets.FloatSlider(
                value=slider.start, min=slider.low, max=slider.high, step=slider.step, description=slider.label,
                continuous_update=False, style={"description_width": "initial"}, layout={"width": "28rem"},
            )  # fmt: skip

        def moved(_: object = None) -> None:
            self.shown = self.recompute(**{name: control.value for name, control in self.controls.items()})
            place.clear_output(wait=True)
            with place:
                display(self.shown)

        for control in self.controls.values():
            control.observe(moved, names="value")
        moved()
        return ipywidgets.VBox([*self.controls.values(), place])


def live() -> bool:
    """Whether somebody sits before the notebook: JupyterLab names its session; runs, reports and tests do not."""
    return "JPY_SESSION_NAME" in os.environ and "CROSSBORDER_OUT" not in os.environ


def what_if(recompute: Callable[..., Any], **sliders: Slider) -> Any:
    """Sliders that show `recompute` of their values, in JupyterLab; elsewhere its value at the start, and no widget."""
    if not live():
        return recompute(**{name: slider.start for name, slider in sliders.items()})
    return Panel(recompute, sliders).build()


def launches(ideas: pd.DataFrame, budget_usd: float, **caps: float) -> Any:
    """Which launches another budget buys: one row a pick, chosen by `portfolio.choose` within the same caps."""

    def recompute(budget: float) -> style.Table:
        picks = portfolio.choose(ideas, budget, **caps).table
        chosen = picks[picks["chosen"].astype(bool)].sort_values("value_usd", ascending=False)
        return style.table(
            chosen[["candidate_id", "market", "value_usd", "cost_usd"]],
            caption=t("Launches for a budget of {budget}", budget=style.money(budget)),
            formats={"value_usd": "money", "cost_usd": "money", "candidate_id": "code"},
            total=True,
        )

    return what_if(recompute, budget=Slider(t("Budget, USD"), 10_000, max(4 * budget_usd, 50_000), 5_000, budget_usd))


def credit(journeys: Journeys, options: attribution.MethodOptions) -> Any:
    """Credit of each channel by time decay and position when touches are forgotten faster or slower."""

    def recompute(half_life: float) -> style.Table:
        chosen = attribution.MethodOptions(
            half_life, options.first_share, options.last_share, options.direct, options.order
        )
        rows = attribution.attribute(journeys, ["time_decay", "time_decay_position"], options=chosen)
        shares = attribution.compare(rows)
        return style.table(
            shares.sort_values("time_decay_position", ascending=False).rename_axis("channel").reset_index(),
            caption=t("Credit if a touch counts half after {days} days", days=style.number(half_life, 1)),
            formats=dict.fromkeys(shares.columns, "percent1"),
        )

    return what_if(recompute, half_life=Slider(t("Half-life, days"), 1, 30, 0.5, options.half_life_days))


def price(costs: pd.DataFrame, row: pd.Series, elasticities: pd.DataFrame, *, max_step: float = 0.3) -> Any:
    """Profit of one product at another price, by its category's elasticity with interval (`pricing.profit_curve`).

    `costs` as from `price_study.unit_costs`, `row` of `price_study.price_advice`.
    """
    own = costs.set_index(["sku", "market"]).loc[(row["sku"], row["market"])]
    slope = elasticities.set_index("category").loc[row["category"], ["low", "elasticity", "high"]].to_numpy(float)

    def recompute(change: float) -> style.Table:
        prices = np.array([1.0, 1 + change]) * own["price_usd"]
        profit = pricing.profit_curve(
            own["price_usd"], own["unit_cost_usd"], own["units"], slope, prices, own["fee_rate"]
        )
        frame = pd.DataFrame({"case": [t("today"), t("asked")], "price": prices, "profit": profit[1]})
        frame["low"], frame["high"] = profit.min(axis=0), profit.max(axis=0)
        product, percent = f"{row['sku']} {row['market']}", style.percent(1 + change)
        return style.table(
            frame,
            caption=t("{product} at {change} of today's price, USD a year", product=product, change=percent),
            formats={"price": "money2", "profit": "money"},
            interval={"profit": ("low", "high")},
        )

    return what_if(recompute, change=Slider(t("Change of price, share"), -max_step, max_step, 0.01, max_step / 3))


def plan(chain: Callable[[Mapping[str, float]], object]) -> Any:
    """The plan when freight, demand and advertising cost are other than planned; `chain` runs it with factors."""
    base = pd.Series(chain({}).__dict__)
    names = ["landed_cost_per_order", "contribution_share", "ebitda_year", "cash_low", "enterprise_value"]

    def recompute(freight: float, demand: float, ad_cost: float) -> style.Table:
        asked = {"freight_factor": freight, "demand_factor": demand, "ad_cost_factor": ad_cost}
        frame = pd.DataFrame([base[names], pd.Series(chain(asked).__dict__)[names]]).astype(float)
        frame.insert(0, "case", [t("as planned"), t("asked")])
        return style.table(
            frame,
            caption=t(
                "Freight x {freight}, demand x {demand}, advertising cost x {ad_cost}",
                freight=style.number(freight, 2), demand=style.number(demand, 2), ad_cost=style.number(ad_cost, 2),
            ),
            formats={"contribution_share": "percent1"} | dict.fromkeys(names[2:], "money"),
        )  # fmt: skip

    return what_if(
        recompute,
        freight=Slider(t("Freight, times"), 0.5, 5, 0.1, 2.0),
        demand=Slider(t("Demand, times"), 0.5, 1.5, 0.05, 1.0),
        ad_cost=Slider(t("Advertising cost, times"), 0.5, 2, 0.05, 1.0),
    )


def hedge(exposure: pd.DataFrame, rates: pd.DataFrame, profit_usd: float, *, share: float = 0.5) -> Any:
    """The bad currency year when another share is sold forward, by `currency_exposure.profit_at_risk`."""

    def recompute(hedged: float) -> style.Table:
        found = currency_exposure.profit_at_risk(exposure, rates, profit_usd=profit_usd, hedged=hedged)
        frame = pd.DataFrame([{"hedged": hedged, **found}]).assign(within=found["within"] > 0)
        return style.table(
            frame,
            caption=t("A bad year for profit if {share} is sold forward", share=style.percent(hedged)),
            formats={"hedged": "percent", "mean_usd": "money", "bad_case_usd": "money", "share_of_profit": "percent1"},
        )

    return what_if(recompute, hedged=Slider(t("Sold forward, share"), 0, 1, 0.05, share))
