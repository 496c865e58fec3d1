"""Daily media spend by market and channel, its saturation and carry-over, and the contacts that it buys.

Contacts reach a person in need as a Poisson process with rate `reach * S(spend)`, S saturating (Hill). A contact of
channel c multiplies the person's purchase hazard by 1 + lift * keep**days. The mean of such a product over Poisson
contacts is exp(reach * lift * sum_j S_j keep**(d - j)): so demand in the whole is log-linear in geometric adstock
with coefficient `reach * lift`, and journeys, mix model and experiments share one truth.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from crossborder.demo.seasons import market_effects
from crossborder.demo.world import CHANNELS, MARKETS, World

__all__ = ["CHANNEL", "HARVEST", "MARKET_SHARE", "Media", "carried", "media", "saturated"]

MARKET_SHARE = {"US": 0.34, "DE": 0.14, "GB": 0.12, "JP": 0.10, "MX": 0.09, "BR": 0.08, "ID": 0.07, "SA": 0.06}
# share of the media budget; keep: carry-over a day; lift: hazard gain of a fresh contact; log_gain: mean effect on log
# demand; slope of the Hill curve; spread of log spend; on: share of weeks on air; usd a click, usd a thousand views
CHANNEL = pd.DataFrame(
    [
        ("search_brand", 0.05, 0.40, 0.15, 0.0020, 1.0, 0.25, 1.0, 0.35, 9.0),
        ("search_generic", 0.15, 0.60, 2.00, 0.035, 1.0, 0.35, 1.0, 0.75, 14.0),
        ("shopping", 0.20, 0.60, 2.20, 0.042, 1.0, 0.35, 1.0, 0.55, 8.0),
        ("video", 0.14, 0.88, 2.80, 0.068, 1.4, 0.45, 0.65, 0.90, 7.0),
        ("social_paid", 0.18, 0.85, 2.30, 0.064, 1.2, 0.40, 0.85, 0.60, 7.5),
        ("social_organic", 0.02, 0.85, 1.40, 0.015, 1.0, 0.30, 1.0, 0.10, 1.0),
        ("influencer", 0.10, 0.87, 2.80, 0.040, 1.3, 0.60, 0.60, 0.80, 9.0),
        ("live_stream", 0.04, 0.50, 3.00, 0.012, 1.0, 0.60, 0.45, 0.40, 6.0),
        ("affiliate", 0.00, 0.60, 0.20, 0.0013, 1.0, 0.20, 1.0, 0.30, 4.0),
        ("retargeting", 0.07, 0.70, 0.35, 0.0044, 1.0, 0.30, 1.0, 0.45, 5.0),
        ("email", 0.01, 0.70, 0.60, 0.006, 1.0, 0.30, 1.0, 0.05, 0.8),
        ("display", 0.04, 0.85, 0.45, 0.008, 1.0, 0.40, 0.75, 0.50, 2.5),
    ],
    columns=["channel", "budget", "keep", "lift", "log_gain", "slope", "spread", "on", "usd_click", "usd_thousand"],
).set_index("channel")
# Channels that wait at the door: contacts follow the person's own intent, not the reach of the campaign.
HARVEST = ("search_brand", "retargeting", "affiliate", "email")
BUDGET_SHARE_OF_SALES = 0.115
SALES_A_DAY_USD = 5600.0
TREND = 0.12


@dataclass(frozen=True)
class Media:
    """Days x markets x channels: spend in USD, `response` S of the spend, `adstock` of it; `reach` by channel."""

    spend_usd: np.ndarray
    response: np.ndarray
    adstock: np.ndarray
    half_usd: np.ndarray
    reach: np.ndarray


def media(world: World) -> Media:
    """Spend with trend, season, weekly noise and flights; its saturated response; its geometric adstock."""
    rng = world.rng("media")
    days, shape = len(world.days), (len(world.days), len(MARKETS), len(CHANNELS))
    size = BUDGET_SHARE_OF_SALES * SALES_A_DAY_USD * np.array([MARKET_SHARE[m] for m in MARKETS])
    mean = size[:, None] * CHANNEL["budget"].to_numpy()
    mean[:, CHANNELS.index("affiliate")] = 0.02 * size  # sets the scale of the programme; its cost is a commission
    season = 0.5 * market_effects(world).to_numpy()[:, :, None]
    trend = TREND * (np.arange(days) / 365.25 - 1.5)[:, None, None]
    week = world.week_of_day
    weekly = _autoregressive(rng, (len(world.weeks), *shape[1:]), 0.80)[week]
    daily = rng.normal(0, 0.5, shape)
    spread = CHANNEL["spread"].to_numpy()
    on = _flights(rng, len(world.weeks), shape[1:])[week]
    log = trend + season + spread * (weekly + daily) - spread**2 / 2
    spend = mean * np.exp(log) * np.where(on, 1 / (0.12 + 0.88 * CHANNEL["on"].to_numpy()), 0.12)
    response, stock = saturated(spend, mean)
    reach = CHANNEL["log_gain"].to_numpy() / CHANNEL["lift"].to_numpy() / stock.mean(axis=(0, 1))
    return Media(spend * world.scale, response, stock, mean * world.scale, reach)


def carried(moves: np.ndarray, keep: float | np.ndarray, start: float | np.ndarray = 0.0) -> np.ndarray:
    """What is left of all moves so far along the first axis, each kept by `keep` a step."""
    path = np.empty_like(moves)
    state = start
    for step, move in enumerate(moves):
        state = keep * state + move
        path[step] = state
    return path


def _autoregressive(rng: np.random.Generator, shape: tuple, memory: float) -> np.ndarray:
    """Unit-variance path with the given memory along the first axis."""
    noise = rng.normal(0, np.sqrt(1 - memory**2), shape)
    noise[0] /= np.sqrt(1 - memory**2)
    return carried(noise, memory)


def _flights(rng: np.random.Generator, weeks: int, shape: tuple) -> np.ndarray:
    """Whether on air, in blocks of four weeks that differ between markets."""
    offset = rng.integers(0, 4, shape)
    block = (np.arange(weeks)[:, None, None] + offset) // 4
    drawn = rng.random((weeks // 4 + 2, *shape)) < CHANNEL["on"].to_numpy()
    return np.take_along_axis(drawn, block, axis=0)


def saturated(spend: np.ndarray, half: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Response S of daily spend, half of its ceiling at `half`, and its adstock; before the period the mean ran."""
    slope, keep = CHANNEL["slope"].to_numpy(), CHANNEL["keep"].to_numpy()
    response = spend**slope / (spend**slope + half**slope)
    return response, carried(response, keep, response[:60].mean(axis=0) / (1 - keep))
