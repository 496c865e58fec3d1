"""Buying, shipping and stock, day by day: what arrives, what is sold, what runs out.

A weekly review orders from suppliers (minimum order quantity, gamma lead times, a holiday shutdown, one supplier that
fails), ships what is ready to eight warehouses, and serves each day's intended demand as far as stock reaches.
"""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from crossborder.demo.products import Catalogue
from crossborder.demo.supply_base import FAILED_SUPPLIER
from crossborder.demo.world import MARKETS, World

__all__ = ["DISRUPTIONS", "POLICY", "Flows", "Plan", "operate"]

POLICY = {
    "safety_weeks": 6.5,
    "cover_weeks": 5.0,
    "memory": 0.85,  # weight of the past in the planner's forecast, a week
    "opening_weeks": 17.0,
    "write_off_week": 0.0012,
    "air_below_weeks": 2.0,
    "air_max_kg": 1.0,
}
# What happened: extra days on sea lanes of these markets for goods shipped in the window, and the price of freight.
DISRUPTIONS = (
    {
        "name": "canal closure",
        "from": "2024-01-08",
        "to": "2024-06-24",
        "markets": ("DE", "GB", "SA"),
        "days": 12,
        "price": 1.9,
    },
    {
        "name": "port congestion",
        "from": "2025-05-12",
        "to": "2025-08-04",
        "markets": ("US", "MX"),
        "days": 9,
        "price": 1.35,
    },
)
NEW_YEARS = ("2024-02-10", "2025-01-29", "2026-02-17")  # Chinese New Year: factories rest around it
SHUTDOWN_DAYS = 13
SWITCH_AFTER = pd.Timestamp("2025-07-14")  # when the failed supplier is given up and the backup takes over
REGION_PORT = {"Guangdong": "CNYTN", "Fujian": "CNYTN"}


@dataclass(frozen=True)
class Plan:
    """What the planner knows: season factor by week x market x SKU, launch forecasts, and who supplies from where."""

    season: np.ndarray
    launch: np.ndarray
    listed: np.ndarray


@dataclass
class Flows:
    """Daily flows by day x market x SKU, and the logs of purchases and shipments."""

    received: np.ndarray
    sold: np.ndarray
    restocked: np.ndarray
    written_off: np.ndarray
    available: np.ndarray
    opening: np.ndarray
    on_order: np.ndarray
    purchases: list[dict] = field(default_factory=list)
    shipments: list[dict] = field(default_factory=list)


def operate(
    world: World,
    goods: Catalogue,
    suppliers: pd.DataFrame,
    lanes: pd.DataFrame,
    demand: np.ndarray,
    restocks: dict[str, np.ndarray],
    plan: Plan,
) -> Flows:
    """Runs the company's stock over all days; `demand` is day x market x SKU in pieces, as intended by shoppers.

    `restocks` are returned pieces that go back on the shelf (`sale_day`, `cell`, `day`, `pieces`), valid where the
    sale's cell was served in full.
    """
    desk = _Desk(world, goods, suppliers, lanes, plan, demand)
    flows = desk.flows
    bounds = np.searchsorted(restocks["sale_day"], np.arange(len(world.days) + 1))
    for day, today in enumerate(demand):
        if world.days[day].weekday() == 0 or day == 0:
            desk.review(day)
        flows.received[day] = desk.arriving[day]
        desk.transit -= desk.arriving[day]
        desk.on_hand += desk.arriving[day] + flows.restocked[day]
        flows.available[day] = desk.on_hand
        sold = np.minimum(today, desk.on_hand)
        flows.sold[day] = sold
        desk.on_hand -= sold
        rows = slice(bounds[day], bounds[day + 1])
        good = (today <= flows.available[day]).ravel()[restocks["cell"][rows]]
        target = flows.restocked.reshape(len(demand), -1)
        np.add.at(target, (restocks["day"][rows][good], restocks["cell"][rows][good]), restocks["pieces"][rows][good])
        if world.days[day].weekday() == 6 or day == len(demand) - 1:
            desk.close_week(day)
    return flows


class _Desk:
    """The planner's desk: stock, goods under way, open orders, forecast."""

    def __init__(self, world: World, goods: Catalogue, suppliers, lanes, plan: Plan, demand: np.ndarray) -> None:
        self.world, self.goods, self.plan, self.demand = world, goods, plan, demand
        self.rng = world.rng("stock")
        days, markets, skus = demand.shape
        self.supplier = goods.frame["supplier_id"].to_numpy(dtype=object).copy()
        self.who = {name: i for i, name in enumerate(suppliers["supplier_id"])}
        self.lead = suppliers["lead_time_days_mean"].to_numpy(float)
        self.lead_sd = suppliers["lead_time_days_sd"].to_numpy(float)
        self.minimum = suppliers["min_order_quantity"].to_numpy(float)
        self.chinese = (suppliers["country"] == "CN").to_numpy(bool)
        ports = suppliers["region"].map(REGION_PORT).fillna("CNSHA").to_numpy(dtype=object)
        self.port = np.where(self.chinese, ports, "VNSGN")
        transit = zip(lanes["transit_days_mean"], lanes["transit_days_sd"], strict=True)
        self.lane = dict(zip(lanes["lane_id"], transit, strict=True))
        self.weight = goods.frame["weight_kg"].to_numpy(float)
        self.rate = plan.launch.copy()
        start = np.maximum(demand[:28].mean(axis=0) * 7, self.rate * plan.listed[0]) * (plan.listed[0])
        self.rate = np.where(plan.listed[0], start / plan.season[0], plan.launch)
        self.on_hand = np.ceil(start * POLICY["opening_weeks"]).astype(np.int64)
        self.transit = np.zeros((markets, skus), np.int64)
        self.open = np.zeros(skus, np.int64)
        self.arriving = np.zeros((days + 250, markets, skus), np.int64)
        self.ready: list[tuple[int, int, int]] = []  # day, position in purchases, SKU
        weeks = len(world.weeks)
        zeros = [np.zeros((days, markets, skus), np.int64) for _ in range(5)]
        self.flows = Flows(*zeros, self.on_hand.copy(), np.zeros((weeks, markets, skus), np.int64))

    def review(self, day: int) -> None:
        """Monday: forecast, ship what is ready, order what is needed."""
        week = self.world.week_of_day[day]
        if day > 0:
            last = self.demand[max(day - 7, 0) : day].sum(axis=0) / self.plan.season[max(week - 1, 0)]
            known = self.plan.listed[max(week - 2, 0)]
            memory = POLICY["memory"]
            self.rate = np.where(known, memory * self.rate + (1 - memory) * last, self.rate)
        self._ship(day, week)
        self._order(day, week)

    def _outlook(self, week: int, first: int, last: int) -> np.ndarray:
        """Expected pieces a week, weeks `first` to `last` ahead; new listings count as soon as they are near."""
        ahead = slice(min(week + first, len(self.world.weeks) - 1), week + last)
        soon = self.plan.listed[min(week + last, len(self.world.weeks) - 1)]
        return self.rate * self.plan.season[ahead].mean(axis=0) * soon

    def _order(self, day: int, week: int) -> None:
        today = self.world.days[day]
        failed = (self.supplier == FAILED_SUPPLIER["supplier_id"]) & (today >= SWITCH_AFTER)
        if failed.any():
            self.supplier[failed] = self.goods.backup[failed]
            self.open[failed] = 0
        who = np.array([self.who[name] for name in self.supplier])
        lead = self.lead[who]
        need = self._outlook(week, 5, 14).sum(axis=0)
        reach = (lead + 36) / 7 + POLICY["safety_weeks"]
        position = self.on_hand.sum(axis=0) + self.transit.sum(axis=0) + self.open
        wanted = np.ceil((need * (reach + POLICY["cover_weeks"]) - position) / 10) * 10
        quantity = np.where((position < need * reach) & (need > 0), np.maximum(wanted, self.minimum[who]), 0).astype(
            int
        )
        for sku in np.flatnonzero(quantity):
            self._place(day, sku, int(quantity[sku]), who[sku])

    def _place(self, day: int, sku: int, quantity: int, who: int) -> None:
        days, spread, name = self.lead[who], self.lead_sd[who], self.supplier[sku]
        took = self.rng.gamma((days / spread) ** 2, spread**2 / days)
        ordered = self.world.days[day]
        for rest in NEW_YEARS:
            if self.chinese[who] and ordered <= pd.Timestamp(rest) < ordered + pd.Timedelta(days=took + 5):
                took += SHUTDOWN_DAYS
        ready = day + int(np.ceil(took))
        lost = name == FAILED_SUPPLIER["supplier_id"] and ordered + pd.Timedelta(days=took) >= pd.Timestamp(
            FAILED_SUPPLIER["failed_in"]
        )
        drift = float(np.exp(self.rng.normal(0, 0.02)))
        self.open[sku] += quantity
        self.flows.purchases.append(
            {
                "supplier_id": name,
                "sku": sku,
                "ordered": day,
                "promised": day + int(np.ceil(days + 0.6 * spread)),
                "ready": -1 if lost else ready,
                "quantity": quantity,
                "unit_cost": round(float(self.goods.cost[sku]) * drift * 1.015 ** (day / 365.25), 2),
                "u": float(self.rng.random()),
            }
        )
        if not lost:
            self.ready.append((ready, len(self.flows.purchases) - 1, sku))

    def _ship(self, day: int, week: int) -> None:
        """Every second week what is ready leaves on Wednesday, shared among the markets by their need."""
        due = [r for r in self.ready if r[0] <= day]
        if not due or week % 2:
            return
        self.ready = [r for r in self.ready if r[0] > day]
        pace = self._outlook(week, 3, 12)
        transits: dict[str, int] = {}
        for _, number, sku in due:
            batch = self.flows.purchases[number]
            quantity = batch["quantity"]
            self.open[sku] = max(self.open[sku] - quantity, 0)
            parts = self._share(pace[:, sku], self.on_hand[:, sku] + self.transit[:, sku], quantity)
            origin = self.port[self.who[batch["supplier_id"]]]
            for m in np.flatnonzero(parts):
                lane = f"{origin}-{MARKETS[m]}-{self._mode(origin, m, sku, pace[m, sku])}"
                if lane not in transits:
                    transits[lane] = self._arrival(day + 2, lane, m)
                arrives = transits[lane]
                self.arriving[arrives, m, sku] += parts[m]
                self.transit[m, sku] += parts[m]
                self.flows.shipments.append(
                    {
                        "lane_id": lane,
                        "purchase": number,
                        "sku": sku,
                        "market": m,
                        "shipped": day + 2,
                        "arrived": arrives,
                        "quantity": int(parts[m]),
                    }
                )

    def _share(self, pace: np.ndarray, have: np.ndarray, quantity: int) -> np.ndarray:
        """Largest-remainder shares so that every market's weeks of cover come out as even as they can."""
        if pace.sum() <= 0:
            pace = np.eye(len(pace))[0]
        level = (quantity + have[pace > 0].sum()) / pace.sum()
        need = np.maximum(pace * level - have, 0) + 1e-9 * pace
        exact = need / need.sum() * quantity
        parts = np.floor(exact).astype(int)
        rest = quantity - parts.sum()
        parts[np.argsort(-(exact - parts), kind="stable")[:rest]] += 1
        return parts

    def _mode(self, origin: str, market: int, sku: int, pace: float) -> str:
        short = self.on_hand[market, sku] + self.transit[market, sku] < POLICY["air_below_weeks"] * pace
        if short and self.weight[sku] <= POLICY["air_max_kg"]:
            return "air"
        rail = f"{origin}-{MARKETS[market]}-rail" in self.lane
        return "rail" if rail and (sku + market) % 3 == 0 else "sea"

    def _arrival(self, shipped: int, lane: str, market: int) -> int:
        days, spread = self.lane[lane]
        took = self.rng.gamma((days / spread) ** 2, spread**2 / days)
        date = self.world.days[0] + pd.Timedelta(days=shipped)
        if lane.endswith("sea"):
            took += sum(
                d["days"]
                for d in DISRUPTIONS
                if MARKETS[market] in d["markets"] and pd.Timestamp(d["from"]) <= date <= pd.Timestamp(d["to"])
            )
        return shipped + int(np.ceil(took))

    def close_week(self, day: int) -> None:
        """Sunday: write-offs, and what is on order by market."""
        lost = self.rng.binomial(self.on_hand, POLICY["write_off_week"])
        self.flows.written_off[day] = lost
        self.on_hand -= lost
        week = self.world.week_of_day[day]
        pace = self.rate * self.plan.listed[week] + 1e-9
        exact = self.open * pace / pace.sum(axis=0)
        floor = np.floor(exact).astype(np.int64)
        floor[0] += self.open - floor.sum(axis=0)
        self.flows.on_order[week] = self.transit + floor
