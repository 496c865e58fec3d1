"""The parts that are built beside the core, in order; each reads core tables and writes its own."""

from collections.abc import Callable

import numpy as np
import pandas as pd

from crossborder.demo import (
    assumption_table,
    candidate_tables,
    control_tables,
    engagement,
    launch_tables,
    market_tables,
    planning_tables,
    risk_tables,
    rival_offers,
    search_tables,
    service_tables,
    supply_base,
    voice,
    warning_tables,
)
from crossborder.demo.world import World

__all__ = ["PARTS"]

Part = Callable[[World, np.random.Generator], tuple[dict[str, pd.DataFrame], dict]]

PARTS: tuple[tuple[str, Part], ...] = (
    ("supplier_record", supply_base.part),
    ("launches", launch_tables.part),
    ("candidates", candidate_tables.part),
    ("rival_offers", rival_offers.part),
    ("market_sales", market_tables.part),
    ("risks", risk_tables.part),
    ("indicators", warning_tables.part),
    ("reviews", voice.part),
    ("search", search_tables.part),
    ("engagement", engagement.part),
    ("service", service_tables.part),
    ("planning", planning_tables.part),
    ("assumptions", assumption_table.part),
    ("controls", control_tables.part),
)
