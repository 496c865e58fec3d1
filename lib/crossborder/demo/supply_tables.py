"""Tables of purchases, shipments and weekly stock, from the logs of the planner's desk."""

import numpy as np
import pandas as pd

from crossborder.demo import stock
from crossborder.demo.core import Core
from crossborder.demo.daily import week_sums
from crossborder.demo.typed import typed
from crossborder.demo.world import CATEGORIES, MARKETS, VAT

__all__ = ["DUTY", "freight_index", "inventory", "purchases", "shipments"]

INSPECTED = 60  # pieces of a batch at most
# Customs duty of goods from China by market (before category), and the factor of the category; assumed levels.
DUTY = {"US": 0.205, "DE": 0.034, "GB": 0.032, "JP": 0.024, "MX": 0.110, "BR": 0.165, "ID": 0.075, "SA": 0.055}
DUTY_CATEGORY = dict(zip(CATEGORIES, (1.0, 0.9, 1.1, 1.2, 0.6, 0.8), strict=True))
INSURANCE_SHARE = 0.0035
INLAND_USD_CBM, BROKERAGE_USD = 14.0, 45.0
INDEX_SD = 0.05  # monthly moves of freight prices, log units
USABLE_CBM = 58.0


def purchases(company: Core) -> pd.DataFrame:
    """Purchase order lines; what is not ready by the last day is open."""
    world, rng = company.world, company.world.rng("inspections")
    log = pd.DataFrame(company.flows.purchases)
    quality = company.suppliers.set_index("supplier_id")["defect_rate"].astype(float)
    inspected = np.minimum(log["quantity"], INSPECTED)
    arrived = (log["ready"] >= 0) & (log["ready"] < len(world.days))
    defects = rng.binomial(inspected, quality.loc[log["supplier_id"]].to_numpy())
    frame = pd.DataFrame(
        {
            "purchase_id": [f"P{i:05d}" for i in range(len(log))],
            "supplier_id": log["supplier_id"],
            "sku": company.goods.frame["sku"].to_numpy()[log["sku"]],
            "ordered_on": world.days[log["ordered"]],
            "promised_on": world.start + pd.to_timedelta(log["promised"], unit="D"),
            "received_on": (world.start + pd.to_timedelta(log["ready"], unit="D")).where(arrived),
            "quantity": log["quantity"],
            "inspected": inspected.where(arrived, 0),
            "defects": np.where(arrived, defects, 0),
            "unit_cost": log["unit_cost"],
            "currency": company.goods.frame["currency"].to_numpy()[log["sku"]],
        }
    )
    return typed(frame, "purchases")


def freight_index(company: Core) -> pd.DataFrame:
    """Price of sea freight and of the rest by day and market; the lane table holds the last month's level, 1 here."""
    world, rng = company.world, company.world.rng("freight_index")
    months = (world.days.year - world.start.year) * 12 + world.days.month - world.start.month
    path = np.cumsum(rng.normal(0, INDEX_SD, (months.max() + 1, 2)), axis=0)
    path = np.exp(0.8 * (path - path[-1]))[months]
    sea = np.repeat(path[:, :1], len(MARKETS), axis=1)
    for event in stock.DISRUPTIONS:
        days = (world.days >= event["from"]) & (world.days <= event["to"])
        sea[np.ix_(days, [MARKETS.index(m) for m in event["markets"]])] *= event["price"]
    columns = pd.MultiIndex.from_product([["sea", "other"], MARKETS])
    return pd.DataFrame(
        np.hstack([sea, np.repeat(path[:, 1:], len(MARKETS), axis=1)]), index=world.days, columns=columns
    )


def shipments(company: Core) -> pd.DataFrame:
    """Shipments by product: dates, weight, volume, customs value and each cost, in USD and whole cents."""
    world, goods = company.world, company.goods
    log = pd.DataFrame(company.flows.shipments)
    log = log[log["shipped"] < len(world.days)].reset_index(drop=True)
    lane = company.lanes.set_index("lane_id").loc[log["lane_id"]].reset_index()
    key = log["lane_id"] + " " + log["shipped"].astype(str)
    # A second batch of a product on the same departure travels under a bill of its own.
    bill = key + " " + log.groupby([key, "sku"]).cumcount().astype(str)
    number = bill.map({k: i for i, k in enumerate(pd.unique(bill))})
    market = np.array(MARKETS)[log["market"]]
    promised = np.ceil(lane["transit_days_mean"] + 0.6 * lane["transit_days_sd"]).astype(int)
    home = company.warehouses[company.warehouses["in_use"]].set_index("market")["warehouse_id"]
    frame = pd.DataFrame(
        {
            "shipment_id": "H" + number.astype(str).str.zfill(5),
            "lane_id": log["lane_id"],
            "purchase_id": "P" + log["purchase"].astype(str).str.zfill(5),
            "sku": goods.frame["sku"].to_numpy()[log["sku"]],
            "market": market,
            "warehouse_id": home.loc[market].to_numpy(),
            "shipped_on": world.days[log["shipped"]],
            "promised_on": world.days[log["shipped"]] + pd.to_timedelta(promised, unit="D"),
            "arrived_on": (world.start + pd.to_timedelta(log["arrived"], unit="D")).where(
                log["arrived"] < len(world.days)
            ),
            "quantity": log["quantity"],
            **_costs(company, log, lane, key, market),
            "currency": "USD",
        }
    )
    return typed(frame.sort_values(["shipment_id", "sku"], ignore_index=True), "shipments")


def _costs(company: Core, log, lane, key, market) -> dict[str, object]:
    """Weight, volume, customs value, and what was paid for the journey, in USD."""
    world, goods = company.world, company.goods
    bought = pd.DataFrame(company.flows.purchases).loc[log["purchase"]].reset_index(drop=True)
    currency = goods.frame["currency"].to_numpy()[log["sku"]]
    cny = world.usd_per_unit["CNY"].loc[world.days[bought["ordered"]]].to_numpy()
    value = np.round(bought["unit_cost"] * log["quantity"] * np.where(currency == "CNY", cny, 1.0), 2)
    weight = np.round(goods.frame["weight_kg"].to_numpy()[log["sku"]] * log["quantity"], 2)
    volume = np.round(goods.volume_cbm[log["sku"]] * log["quantity"], 4)
    whole = volume.groupby(key).transform("sum")
    freight = _freight(company, log, lane, weight, volume, whole)
    insurance = np.round(INSURANCE_SHARE * (value + freight), 2)
    category = goods.frame["category"].to_numpy()[log["sku"]]
    rate = pd.Series(market).map(DUTY) * pd.Series(category).map(DUTY_CATEGORY)
    duty = np.round(rate * (value + np.where(market == "US", 0, freight + insurance)), 2)
    return {
        "weight_kg": weight,
        "volume_cbm": volume,
        "goods_value": value,
        "inland": np.round(INLAND_USD_CBM * volume + 0.5, 2),
        "freight": freight,
        "insurance": insurance,
        "duty": duty,
        "import_tax": np.round(pd.Series(market).map(VAT) * (value + freight + insurance + duty), 2),
        "brokerage": np.round(BROKERAGE_USD * volume / whole, 2),
    }


def _freight(company: Core, log, lane, weight, volume, whole) -> np.ndarray:
    """Main freight: by weight in the air; by volume as part load, or containers where that is cheaper."""
    index = freight_index(company)
    mode = np.where(lane["mode"] == "sea", "sea", "other")
    columns = {name: i for i, name in enumerate(index.columns)}
    where = np.array([columns[pair] for pair in zip(mode, lane["market"], strict=True)])
    price = index.to_numpy()[log["shipped"], where]
    by_weight = np.maximum(weight, volume * 167) * lane["cost_per_kg"].to_numpy(float)
    part_load = volume * lane["cost_per_cbm"].to_numpy(float)
    boxes = np.ceil(whole / USABLE_CBM) * lane["cost_per_container"].to_numpy(float) * volume / whole
    by_volume = np.fmin(part_load, boxes)
    return np.round(np.where(np.isin(lane["mode"], ["air", "courier", "sea_air"]), by_weight, by_volume) * price, 2)


def inventory(company: Core) -> pd.DataFrame:
    """Weekly stock by product and warehouse; on hand is opening + received - sold + restocked - written off."""
    world, flows = company.world, company.flows
    received, sold, restocked, lost = (
        week_sums(world, a) for a in (flows.received, flows.sold, flows.restocked, flows.written_off)
    )
    on_hand = flows.opening + np.cumsum(received - sold + restocked - lost, axis=0)
    opening = np.concatenate([flows.opening[None], on_hand[:-1]])
    oldest = _oldest(flows.opening, received + restocked, sold + lost)
    active = (opening + received + flows.on_order) > 0
    active = np.maximum.accumulate(active, axis=0)
    week, market, sku = np.nonzero(active)
    at = (week, market, sku)
    home = company.warehouses[company.warehouses["in_use"]].set_index("market")["warehouse_id"]
    batch = pd.Series(world.weeks[np.maximum(oldest[at], 0)])
    frame = pd.DataFrame(
        {
            "week": world.weeks[week],
            "sku": company.goods.frame["sku"].to_numpy()[sku],
            "warehouse_id": home.loc[list(MARKETS)].to_numpy()[market],
            "market": np.array(MARKETS)[market],
            "opening": opening[at],
            "received": received[at],
            "sold": sold[at],
            "restocked": restocked[at],
            "written_off": lost[at],
            "on_hand": on_hand[at],
            "on_order": flows.on_order[at],
            "received_at": batch.where(on_hand[at] > 0),
        }
    )
    return typed(frame, "inventory")


def _oldest(opening: np.ndarray, inflow: np.ndarray, outflow: np.ndarray) -> np.ndarray:
    """Week in which the oldest piece still on hand came in, first in first out (opening stock: week 0)."""
    came = opening + np.cumsum(inflow, axis=0)
    left = np.cumsum(outflow, axis=0)
    weeks, *cells = came.shape
    flat_in, flat_out = came.reshape(weeks, -1), left.reshape(weeks, -1)
    # One sorted line for all cells: each cell's counts are shifted past those of the cell before.
    span = flat_in.max() + 1
    shift = np.arange(flat_in.shape[1]) * span
    line = (flat_in + shift).T.ravel()
    at = np.searchsorted(line, (flat_out + shift).T.ravel(), side="right")
    found = at.reshape(-1, weeks).T - np.arange(flat_in.shape[1]) * weeks
    return np.minimum(found, weeks - 1).reshape(weeks, *cells)
