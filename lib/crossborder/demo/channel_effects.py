"""True effects of the channels: one by one, shared among all (Shapley), at the margin, and along the spend curve."""

import numpy as np
import pandas as pd

from crossborder.demo import crowd, people
from crossborder.demo.core import Core
from crossborder.demo.daily import AFFILIATE_COMMISSION
from crossborder.demo.media import CHANNEL, HARVEST, Media, saturated
from crossborder.demo.sales import Sums, usd_rates
from crossborder.demo.world import CHANNELS, MARKETS

__all__ = ["MULTIPLIERS", "channel_truth"]

MULTIPLIERS = (0.0, 0.25, 0.5, 0.75, 1.0, 1.01, 1.25, 1.5, 2.0, 3.0)
ORDERINGS = 200
WHAT = (
    "`incremental_orders`: orders lost if the channel's contacts had no effect (needs, other contacts and random "
    "numbers unchanged), before stock-outs; `served_orders`: the same times the share of orders that stock allowed; "
    "`shapley_orders`: shares of the effect of all channels together; `marginal_orders_a_usd`: of the last per cent "
    "of spend; the effects of single channels add up to more than all together because they multiply"
)


def channel_truth(company: Core, sums: Sums) -> dict:
    """Parameters, effects by channel and by market, response curves and daily adstock."""
    media, known = company.media, company.truth
    orders = sums.orders.sum(axis=2)
    served = orders.sum(axis=0) / known["orders"]
    value = (sums.gross.sum(axis=2) * usd_rates(company.world)).sum(axis=0) / orders.sum(axis=0)
    lost = known["lost"] * served[:, None]
    effects = CHANNEL[["keep", "lift", "slope"]].assign(
        reach=media.reach,
        log_coefficient=media.reach * CHANNEL["lift"],
        harvest=np.isin(CHANNELS, HARVEST),
        incremental_orders=known["lost"][:, :-1].sum(axis=0),
        incremental_orders_drawn=known["lost_realised"][:, :-1].sum(axis=0),
        served_orders=lost[:, :-1].sum(axis=0),
        served_revenue_usd=(lost[:, :-1] * value[:, None]).sum(axis=0),
        shapley_orders=_shapley(company, orders).sum(axis=0),
        spend_usd=_spend(company, sums),
    )
    curves = _curves(company, orders)
    last = curves[curves["multiplier"].isin([1.0, 1.01])].pivot_table(index="channel", columns="multiplier")
    more = last["orders"][1.01] - last["orders"][1.0]
    effects["marginal_orders_a_usd"] = more / (last["spend_usd"][1.01] - last["spend_usd"][1.0])
    by_market = pd.DataFrame(lost, columns=[*CHANNELS, "all"]).assign(
        market=MARKETS, orders=orders.sum(axis=0), orders_wanted=known["orders"], order_value_usd=value
    )
    return {
        "effects": effects.reset_index(),
        "served_orders_by_market": by_market,
        "incremental_share_of_all": float(lost[:, -1].sum() / orders.sum()),
        "response_curves": curves,
        "half_saturation_usd": _wide(media.half_usd),
        "adstock": _daily(company.world.days, media),
        "entry_click_share": crowd.ENTRY,
        "harvest_contacts_a_need": people.HARVEST_RATE,
        "definition": WHAT,
    }


def _spend(company: Core, sums: Sums) -> np.ndarray:
    """Media spend in USD; the affiliates' cost is their commission."""
    spend = company.media.spend_usd.sum(axis=(0, 1))
    spend[CHANNELS.index("affiliate")] = AFFILIATE_COMMISSION * (sums.affiliate * usd_rates(company.world)).sum()
    return spend


def _wide(values: np.ndarray) -> pd.DataFrame:
    return pd.DataFrame(values, index=pd.Index(MARKETS, name="market"), columns=list(CHANNELS)).reset_index()


def _daily(days: pd.DatetimeIndex, media: Media) -> pd.DataFrame:
    """Response and adstock of each day; single precision is enough to read and half the size."""
    index = pd.MultiIndex.from_product([days, MARKETS, CHANNELS], names=["date", "market", "channel"])
    stock = media.adstock.ravel().astype(np.float32)
    return pd.DataFrame({"adstock": stock}, index=index).reset_index()


def _log_effects(company: Core, orders: np.ndarray) -> np.ndarray:
    """Log effect on orders by day, market and channel; for the harvest channels their mean effect in the market.

    Repeat needs bring one purchase at most, which damps the effects a little: each is scaled to the effect counted.
    """
    effect = company.media.adstock * company.media.reach * CHANNEL["lift"].to_numpy()
    share = company.truth["lost"][:, :-1] / company.truth["orders_expected"][:, None]
    harvest = [CHANNELS.index(c) for c in HARVEST]
    effect[:, :, harvest] = -np.log1p(-share[:, harvest])
    total = orders.sum(axis=0)[:, None]
    for _ in range(3):
        effect *= share * total / -(orders[:, :, None] * np.expm1(-effect)).sum(axis=0)
    return effect


def _shapley(company: Core, orders: np.ndarray) -> np.ndarray:
    """Mean gain of each channel over random orderings in which channels are switched on: market x channel."""
    rng = company.world.rng("shapley")
    effect = _log_effects(company, orders)
    base = orders * np.exp(-effect.sum(axis=2))
    gain = np.zeros((len(MARKETS), len(CHANNELS)))
    for _ in range(ORDERINGS // 2):
        ordering = rng.permutation(len(CHANNELS))
        for way in (ordering, ordering[::-1]):
            level = base.copy()
            for channel in way:
                more = level * np.exp(effect[:, :, channel])
                gain[:, channel] += (more - level).sum(axis=0)
                level = more
    return gain / (2 * (ORDERINGS // 2))


def _curves(company: Core, orders: np.ndarray) -> pd.DataFrame:
    """Orders of the period if one channel's spend had been a multiple of itself, all else as it was."""
    media, effect = company.media, _log_effects(company, orders)
    rows = []
    for multiplier in MULTIPLIERS:
        _, stock = saturated(media.spend_usd * multiplier, media.half_usd)
        change = np.expm1((stock / media.adstock - 1) * effect)
        total = orders.sum() + (orders[:, :, None] * change).sum(axis=(0, 1))
        spend = multiplier * media.spend_usd.sum(axis=(0, 1))
        rows.append(pd.DataFrame({"channel": CHANNELS, "multiplier": multiplier, "spend_usd": spend, "orders": total}))
    frame = pd.concat(rows, ignore_index=True)
    return frame[~frame["channel"].isin(HARVEST)].reset_index(drop=True)
