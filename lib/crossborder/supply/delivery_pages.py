"""The logistics page on a company, second half: last mile, punctuality, carbon, recall, levers and the answer."""

from dataclasses import replace

import numpy as np
import pandas as pd

from crossborder.supply import (
    carbon,
    delays,
    last_mile,
    localisation,
    modes,
    routing,
    shipment_models,
    traceability,
    warehouse_flow,
)
from crossborder.supply.freight import DIVISORS
from crossborder.supply.network_pages import Flows, leg_km

__all__ = [
    "answer",
    "carbon_legs",
    "delay_view",
    "forward_check",
    "last_mile_table",
    "lead_times",
    "levers",
    "network_results",
    "order_stages",
    "recall_table",
    "trust",
    "warehouse_days",
]


def last_mile_table(found: Flows) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Cost a drop of own delivery by daily drops in a city, and the mix of methods by what waiting costs buyers."""
    drops = np.array([5.0, 20, 60, 200, 800])
    own = last_mile.drop_cost(drops, 900.0, 25.0, 80.0, 0.55, 24.0).assign(drops_day=drops)
    methods = pd.DataFrame(
        {
            "method": ["forward stock, same day", "express", "standard", "economy, pick-up point"],
            "fee": [8.4, 5.9, 3.8, 2.6],
            "days": [0.5, 1.5, 3.0, 4.5],
            "on_time": [0.97, 0.95, 0.92, 0.9],
        }
    )
    mix = last_mile.method_mix(methods, float(found.units_week.sum() * 52), 0.6)
    return own, mix


def carbon_legs(found: Flows) -> tuple[pd.DataFrame, pd.DataFrame]:
    """CO2e of the year's transport by mode with two factor sets, and of the mean piece by stage with its range."""
    lanes, weights = found.inputs.lanes, found.inputs.weights
    kg = (weights * found.inputs.products["weight_kg"].to_numpy(float)[:, None]).sum(0)
    used = kg > 0
    legs = pd.DataFrame(
        {
            "mode": lanes.loc[used, "mode"].replace({"courier": "air", "sea_air": "air"}).to_numpy(),
            "weight_kg": kg[used],
            "distance_km": leg_km(lanes[used]),
        }
    )
    table = carbon.leg_emissions(legs).groupby("mode")[["weight_kg", "tonne_km", "co2e_kg", "co2e_kg_second"]].sum()
    pieces = float(weights.sum())
    mean = float(kg.sum() / pieces)
    stages = pd.DataFrame(
        [("materials", mean, 2.9, 1.8, 4.5), ("packing", 0.12 * mean, 1.1, 0.8, 1.6), ("making", mean, 0.6, 0.3, 1.1)],
        columns=["stage", "activity", "factor", "factor_low", "factor_high"],
    )
    way = float(table["co2e_kg"].sum() / pieces)
    other = float(table["co2e_kg_second"].sum() / pieces)
    ends = [
        ("transport to the market", 1.0, way, min(way, other), max(way, other)),
        ("delivery to the door", mean * 0.35, 0.125 * 1.6, 0.09, 0.35),
    ]
    stages = pd.concat([stages, pd.DataFrame(ends, columns=stages.columns)], ignore_index=True).assign(sku="mean piece")
    return table.reset_index(), carbon.footprint(stages)


def lead_times(shipments: pd.DataFrame | None, lanes: pd.DataFrame) -> tuple[pd.DataFrame | None, pd.DataFrame | None]:
    """On-time share by mode with intervals, and what makes shipments late (odds ratios); None without shipments."""
    if shipments is None or shipments.empty:
        return None, None
    rows = shipments.merge(lanes[["lane_id", "mode", "origin"]], on="lane_id")
    table = delays.on_time(rows, "mode").reset_index()
    done = rows.dropna(subset=["arrived_on"]).assign(
        late=lambda f: f["arrived_on"] > f["promised_on"],
        quarter=lambda f: "Q" + f["shipped_on"].dt.quarter.astype(str),
    )
    return table, delays.delay_drivers(done, ["mode", "market", "quarter"])


def forward_check(shipments: pd.DataFrame | None, lanes: pd.DataFrame) -> pd.DataFrame | None:
    """Freight by chargeable weight and lateness of the latest quarter of the shipments, foretold from the others."""
    if shipments is None:
        return None
    rows = shipments.dropna(subset=["arrived_on"]).merge(lanes[["lane_id", "mode", "origin"]], on="lane_id")
    volumetric = rows["volume_cbm"] * 1e6 / rows["mode"].map(DIVISORS)
    rows = rows.assign(
        late=rows["arrived_on"] > rows["promised_on"], weight_kg=rows["weight_kg"].clip(lower=volumetric)
    )
    if len(rows) < 200 or rows["late"].nunique() < 2:
        return None
    return shipment_models.out_of_time(rows, ("mode", "market", "origin"))


def recall_table(company: object) -> traceability.Recall | None:
    """A recall drill on the largest purchase batch that has arrived; None without shipments or inventory."""
    if not company.has("shipments", "inventory"):
        return None
    shipments = company.table("shipments")
    recent = shipments[shipments["arrived_on"] > company.as_of - pd.Timedelta(days=150)].dropna(subset=["purchase_id"])
    if recent.empty:
        return None
    batch = recent.groupby("purchase_id")["quantity"].sum().idxmax()
    return traceability.recall(shipments, company.table("inventory"), [batch], company.as_of, 24.0, 4.0)


def levers(
    found: Flows,
    holding_rate_year: float,
    carbon_price: tuple[float, float, float],
    tonnes: float,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Bonded stock, transit warehouse, near-shore hub, tours, heat alarms, a green programme: yearly effect, USD."""
    value = float((found.inputs.weights.sum(1) * found.landed).sum())
    rate = holding_rate_year
    bonded = [
        modes.bonded_effect(value * 0.25, 0.25, 5.0, days, rate, 68.0, 1_500.0)["gain_year"] for days in (4, 2, 1)
    ]
    transit = [
        modes.transit_warehouse(value, 5.0, rate, gain, 0.35, 60_000.0, 0.15)["net"] for gain in (0.0, 0.01, 0.02)
    ]
    hub = [
        float(localisation.hub_relocation(value * 0.3, duty, 0.03, value * 0.036, rise, 32.0, 6.0, rate)["net"].iloc[0])
        for duty, rise in ((0.15, 0.35), (0.2, 0.22), (0.27, 0.15))
    ]
    rows = [
        ["Bonded stock: duty paid at the sale, days saved", *bonded, "clearance of 4, 2, 1 days instead of 5"],
        ["Transit warehouse: five days faster, storage +15 %", *transit, "sales gained 0, 1, 2 %"],
        ["Near-shore hub for the United States", *hub, "duty of 15, 20, 27 %; labour +35, +22, +15 %"],
        ["Delivery tours instead of single trips, a city", *_tours(rng), "6, 12, 20 drops a vehicle"],
        ["Heat alarms in loads of beauty goods", *_heat_alarms(found, rng), "a hot spell in 5, 10, 15 % of loads"],
        [
            "Green programme: a fifth of transport CO2e",
            *_green(tonnes, carbon_price),
            "carbon price, brand, risk gains",
        ],
    ]
    return pd.DataFrame(rows, columns=["lever", "low", "base", "high", "rests_on"])


def _tours(rng: np.random.Generator) -> list[float]:
    """Fuel saved a year by tours over 60 drops a day in a square of 50 km, by size of the vehicle, USD."""
    spots = np.vstack([[25.0, 25.0], rng.uniform(0, 50, (60, 2))])
    distance = np.hypot(*(spots[:, None] - spots[None]).transpose(2, 0, 1))
    single = 2 * float(distance[0].sum()) * 300 * 0.12 * 0.5
    return [routing.delivery_tours(distance, np.r_[0, np.ones(60)], size).saved_share * single for size in (6, 12, 20)]


def _heat_alarms(found: Flows, rng: np.random.Generator, loads: int = 40, hours: int = 720) -> list[float]:
    """Yearly loss avoided by sensors that warn of heat, less USD 30 a load, by share of loads with a hot spell, USD.

    Half-hourly readings over 30 days around 22 degrees; a spell adds 14 degrees step by step within a day and lasts
    two; above 30 degrees for eight hours spoils the load. An alarm in time saves half of it.
    """
    sensitive = found.inputs.products["category"].eq("beauty").to_numpy()
    value = float((found.inputs.weights.sum(1) * found.landed)[sensitive].sum()) / loads
    time = np.arange(0, hours, 0.5)
    usual = 22 + 3 * np.sin(2 * np.pi * time / 24) + rng.normal(0, 0.7, (loads, len(time)))
    start = rng.uniform(0, hours - 72, (loads, 1))
    spell = 14 * np.clip((time - start) / 24, 0, 1) * (time < start + 48)
    saved = [
        delays.cold_chain_watch(reading, 2.0, 30.0, 30.0, 480.0, 0.5 * value)["loss_avoided"]
        for reading in usual + spell
    ]
    return [float(share * np.sum(saved) - 30 * loads) for share in (0.05, 0.1, 0.15)]


def _green(tonnes: float, carbon_price: tuple[float, float, float]) -> list[float]:
    """Yearly net value of a programme that costs USD 9,000 a year and 10,000 once, over five years at 10 %."""
    brand, risk = np.array([0.0, 6_000, 15_000]), np.array([0.0, 2_000, 5_000])
    saved = np.full(3, tonnes * 0.2)
    value = carbon.green_value(np.full(3, 9_000.0), saved, np.array(carbon_price), brand, risk, 10_000.0, 5, 0.1)
    return (value["npv"] / 5).tolist()


def answer(
    table: pd.DataFrame,
    closed: pd.DataFrame,
    worth: dict[str, float],
    legs: pd.DataFrame,
    recall_: traceability.Recall | None,
) -> pd.DataFrame:
    """Decisions in words and figures."""
    share = table.groupby("mode")["units"].sum() / table["units"].sum()
    saved = float((table["sea_only"] - table["cost"]).sum())
    first = closed[closed["case"] == closed["case"].iloc[0]]
    rows = [
        (
            "Modes by pieces",
            ", ".join(f"{mode} {part:.0%}" for mode, part in share.sort_values(ascending=False).items()),
        ),
        ("Saved against sea only, USD a year", f"{saved:,.0f}"),
        (
            f"{closed['case'].iloc[0]}, ship {closed['ship'].iloc[0]}: cost a year, USD",
            f"{first.drop_duplicates('lane_id')['extra_cost_year'].sum():,.0f}",
        ),
        ("Warehouses: saved a year against today, USD", f"{worth['cost_today'] - worth['cost_best']:,.0f}"),
        ("Delivery days to the buyer, best against today", f"{worth['days_best']:.1f} / {worth['days_today']:.1f}"),
        (
            "Transport CO2e, tonnes a year (second factor set)",
            f"{legs['co2e_kg'].sum() / 1000:,.0f} ({legs['co2e_kg_second'].sum() / 1000:,.0f})",
        ),
    ]
    if worth["room_share"] < 1:
        rows.append(("Room of the sites in use, share of what is needed", f"{worth['room_share']:.0%}"))
    if recall_ is not None:
        rows.append(
            ("Recall drill: cost traced / untraced, USD", f"{recall_.traced_cost:,.0f} / {recall_.untraced_cost:,.0f}")
        )
    return pd.DataFrame(rows, columns=["decision", "value"])


def network_results(
    table: pd.DataFrame, closed: pd.DataFrame, sites: pd.DataFrame, worth: dict[str, float], legs: pd.DataFrame
) -> list[dict]:
    """Named results of the page, headline figures first."""
    moves = {"open": sites["open"] & ~sites["in_use"], "close": sites["in_use"] & ~sites["open"]}
    town = sites["name"].str.partition(",")[0]
    move = "; ".join(f"{word} {', '.join(town[rows])}" for word, rows in moves.items() if rows.any())
    one = closed[(closed["case"] == closed["case"].iloc[0]) & (closed["ship"] == closed["ship"].iloc[0])]
    hit = one[one["extra_days"] > 0.5]
    second = float(legs["co2e_kg_second"].sum() / 1000)
    first = float(legs["co2e_kg"].sum() / 1000)
    return [
        {
            "name": "supply.network.saved_usd_year",
            "value": worth["cost_today"] - worth["cost_best"],
            "low": worth["saved_low"],
            "high": worth["saved_high"],
            "unit": "USD",
            "note": move,
        },
        {
            "name": "supply.closure.extra_days",
            "value": float(hit["extra_days"].mean()) if len(hit) else 0.0,
            "unit": "days",
            "note": f"lanes touched by {one['case'].iloc[0]}",
        },
        {"name": "supply.closure.extra_cost_usd_year", "value": float(one["extra_cost_year"].sum()), "unit": "USD"},
        {
            "name": "supply.transport.co2e_tonnes",
            "value": first,
            "low": min(first, second),
            "high": max(first, second),
            "unit": "tonnes",
            "note": "range: with and without the effect of flights at altitude",
        },
        {
            "name": "supply.mode.saved_usd_year",
            "value": float((table["sea_only"] - table["cost"]).sum()),
            "unit": "USD",
        },
        {"name": "supply.network.gap", "value": worth["gap"], "unit": "share"},
        {"name": "supply.network.days_to_buyer", "value": worth["days_best"], "unit": "days"},
    ]


def delay_view(punctual: pd.DataFrame, why: pd.DataFrame, count: int = 6) -> pd.DataFrame:
    """On-time rows by mode, then the strongest reasons of delay, in one table."""
    first = punctual.rename(columns={"mode": "group", "on_time": "value"})[["group", "value", "low", "high"]]
    sure = why[(why["low"] > 1) | (why["high"] < 1)].copy()
    strong = sure.loc[np.abs(np.log(sure["odds_ratio"])).sort_values(ascending=False).index].head(count)
    second = pd.DataFrame({"group": strong["factor"].str.replace("_", " "), "odds": strong["odds_ratio"]})
    return pd.concat([first, second], ignore_index=True)


def order_stages(company: object) -> pd.DataFrame:
    """Stages from order to door: handling and picking assumed, transport from the company's delivered orders."""
    orders = company.events("orders")
    done = orders.filter(orders.delivered_at.notnull())
    days = (done.delivered_at.epoch_seconds() - done.ordered_at.epoch_seconds()) / 86_400
    found = done.aggregate(mean=days.mean(), sd=days.std()).to_pandas().iloc[0]
    way = max(float(found["mean"]) - 1.2, 0.5)
    return pd.DataFrame(
        [
            ("order check and payment", 0.2, 0.15),
            ("picking and packing", 0.6, 0.3),
            ("hand-over to the carrier", 0.4, 0.2),
            ("way to the buyer", way, max(float(found["sd"]), 0.3)),
        ],
        columns=["stage", "mean_days", "sd_days"],
    )


def warehouse_days(company: object, market: str, rng: np.random.Generator) -> pd.DataFrame:
    """The market's warehouse on a mean day, at its busiest day of the last year, with more hands and with scanning.

    Orders by hour and day are the company's own; minutes an order, errors and wages are assumptions (grade D). Of
    thousands of orders a day fewer replications are drawn (`warehouse_flow.scenarios`).
    """
    orders = company.events("orders")
    since = (company.as_of - pd.Timedelta(days=364)).to_pydatetime()
    # Every order has one first line, so that nothing need be grouped by order.
    rows = orders.filter((orders.market == market) & (orders.ordered_at >= since) & (orders.line == 1))
    when = {"day": rows.ordered_at.date(), "hour": rows.ordered_at.hour()}
    placed = rows.group_by(**when).aggregate(orders=rows.count()).to_pandas()
    daily = placed.groupby("day")["orders"].sum()
    profile = placed.groupby("hour")["orders"].sum().reindex(range(24), fill_value=0).to_numpy(float)
    check, pick = warehouse_flow.Stage("checking", 1, 1.5), warehouse_flow.Stage("picking", 1, 5.0, error_share=0.02)
    pack = warehouse_flow.Stage("packing", 1, 3.5, error_share=0.01)
    today = warehouse_flow.Warehouse((check, pick, pack))
    hands = warehouse_flow.Warehouse((check, replace(pick, people=3), replace(pack, people=2)))
    scan = replace(
        today, stages=(check, replace(pick, minutes=4.5, error_share=0.003), replace(pack, error_share=0.002))
    )
    mean, most = float(daily.sum()) / 365, float(daily.max())
    cases = {"mean day": (today, mean), "busiest day": (today, most), "busiest day, more hands": (hands, most),
             "mean day, scanning": (scan, mean)}  # fmt: skip
    return warehouse_flow.scenarios(cases, profile, rng)


def trust(lanes: pd.DataFrame) -> pd.DataFrame:
    """Sea distances against published ones: Shanghai to Rotterdam by Suez and by the Cape (Notteboom and others)."""
    lane = pd.DataFrame({"origin_gateway": ["CNSHA"], "market_gateway": ["NLRTM"]})
    rows = [
        ("Shanghai to Rotterdam by Suez", float(routing.sea_lengths(lane)[0]), 10_600.0),
        ("Shanghai to Rotterdam by the Cape", float(routing.sea_lengths(lane, ("suez", "panama"))[0]), 13_800.0),
    ]
    table = pd.DataFrame(rows, columns=["way", "ours", "published"])
    return table.assign(error=table["ours"] / table["published"] - 1)
