"""The whole simulated company: all tables and the truth behind them, in memory or written to a folder."""

from collections.abc import Iterable

import numpy as np
import pandas as pd

from crossborder.demo import core, daily, experiments, money, sales, supply_tables
from crossborder.demo.dirt import soil
from crossborder.demo.known import core_truth
from crossborder.demo.parts import PARTS
from crossborder.demo.people import CUSTOMER
from crossborder.demo.typed import typed
from crossborder.demo.world import World

__all__ = ["SEED", "core_tables", "generate", "member_gain", "parts_beside", "rest_of_core"]

SEED = 20261031


def generate(seed: int = SEED, scale: float = 1.0, dirt: bool = False) -> tuple[dict[str, pd.DataFrame], dict]:
    """All tables of the company, and the truth; `dirt` plants defects and lists them in the truth."""
    world = World(seed=seed, scale=scale)
    tables, truth = core_tables(world)
    world.tables.update(tables)
    beside, known = parts_beside(world)
    tables, truth = tables | beside, truth | known
    if dirt:
        tables, truth["dirt"] = soil(tables, np.random.default_rng([seed, 1]))
    return tables, truth


def parts_beside(world: World) -> tuple[dict[str, pd.DataFrame], dict]:
    """Tables and truth of the parts that are built beside the core and read its tables."""
    tables, truth = {}, {}
    for name, part in PARTS:
        made, truth[name] = part(world, world.rng(name))
        tables |= {table: typed(frame, table) for table, frame in made.items()}
        world.tables.update(tables)
    return tables, truth


def core_tables(world: World) -> tuple[dict[str, pd.DataFrame], dict]:
    """Tables of the core in memory: sales, people, stock, money; and their truth."""
    company = core.core(world)
    sums = sales.Sums.empty(world)
    parts = [sales.chunk_tables(company, k, people, lines, sums) for k, people, lines in core.served(company)]
    tables = {name: pd.concat([p[name] for p in parts], ignore_index=True) for name in parts[0]}
    tables["orders"] = tables["orders"].sort_values(["ordered_at", "order_id", "line"], ignore_index=True)
    tables["touchpoints"] = tables["touchpoints"].sort_values(["at", "customer_id"], kind="stable", ignore_index=True)
    rest, truth = rest_of_core(company, sums)
    truth["customers"]["member_spend_effect_180_days_usd"] = member_gain([tables["customers"]])
    return tables | rest, truth


def member_gain(parts: Iterable[pd.DataFrame]) -> float:
    """Mean spend of members in the 180 days after joining that the higher rate brought, of the parts of customers."""
    spent = [part.loc[part["member"], "spend_after_joining_usd"].agg(["sum", "count"]) for part in parts]
    total, count = np.sum(spent, axis=0)
    return float(total / count * (1 - np.exp(-CUSTOMER["member_effect"])))


def rest_of_core(company: core.Core, sums: sales.Sums) -> tuple[dict[str, pd.DataFrame], dict]:
    """Tables that follow from the daily sums and the stock's logs."""
    tests, known = experiments.experiments(company, sums)
    tables = {
        "products": company.goods.frame,
        "suppliers": company.suppliers,
        "lanes": company.lanes,
        "warehouses": company.warehouses,
        "sessions": daily.sessions(company, sums),
        "ad_spend": daily.ad_spend(company, sums),
        "prices": daily.prices(company),
        "experiments": tests,
        "purchases": supply_tables.purchases(company),
        "shipments": supply_tables.shipments(company),
        "inventory": supply_tables.inventory(company),
    }
    tables |= money.money(company, sums, tables)
    truth = core_truth(company, sums) | {"experiments": known}
    truth["money"]["closing_usd"] = money.closing(company.world, tables)
    return tables, truth
