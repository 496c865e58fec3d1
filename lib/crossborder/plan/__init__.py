"""Compositions that several notebooks need; the only room that may import several areas."""

from crossborder.plan.advertising import AdvertisingShare, advertising_share, share_for_plan
from crossborder.plan.board import changed_since, decisions, recalibration
from crossborder.plan.case import capital_rate, plan_case, plan_drivers
from crossborder.plan.chain import ChainResult, chain, free_cash_flow, scenario_table, stress, stress_chain
from crossborder.plan.exits import low_yield_lines
from crossborder.plan.growth import growth_backtest, growth_by_market, planned_growth, season_by_market
from crossborder.plan.levers import scenario_factors
from crossborder.plan.swings import value_swings

__all__ = [
    "AdvertisingShare",
    "ChainResult",
    "advertising_share",
    "capital_rate",
    "chain",
    "changed_since",
    "decisions",
    "free_cash_flow",
    "growth_backtest",
    "growth_by_market",
    "low_yield_lines",
    "plan_case",
    "plan_drivers",
    "planned_growth",
    "recalibration",
    "scenario_factors",
    "scenario_table",
    "season_by_market",
    "share_for_plan",
    "stress",
    "stress_chain",
    "value_swings",
]
