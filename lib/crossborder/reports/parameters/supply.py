"""What the notebooks of the supply chain can be asked."""

from typing import ClassVar, Literal

from pydantic import Field

from crossborder.reports.parameters.base import Day, MarketCode, Parameters

__all__ = ["DemandAndInventory", "LandedCost", "LogisticsNetwork", "Suppliers"]

COST_TABLES = ("products", "orders", "lanes", "platforms", "warehouses", "assumptions")


class LandedCost(Parameters):
    """What `31_landed_cost` can be asked."""

    notebook: ClassVar[str] = "31_landed_cost"
    needs: ClassVar[tuple[str, ...]] = COST_TABLES
    uses: ClassVar[tuple[str, ...]] = ("shipments", "inventory", "ledger")
    markets: list[MarketCode] = Field([], description="markets shown; empty = all")
    on: Day = Field("", description="day whose rules price the basket; empty = as_of")
    market: MarketCode = Field("US", description="market of the smaller levers")
    extra_duty: float = Field(
        0.0, ge=0, le=3, description="duty added in that market", json_schema_extra={"unit": "fraction"}
    )
    description: str = Field(
        "household articles of plastics for storage", min_length=5, description="words of the product"
    )
    chapters: list[str] = Field(["39", "63", "94"], description="tariff chapters searched, two digits each")


class LogisticsNetwork(Parameters):
    """What `32_logistics_network` can be asked."""

    notebook: ClassVar[str] = "32_logistics_network"
    needs: ClassVar[tuple[str, ...]] = COST_TABLES
    uses: ClassVar[tuple[str, ...]] = ("shipments", "inventory", "purchases")
    closed: list[str] = Field(["suez"], description="passages closed, such as suez or panama")
    ship: Literal["feeder", "panamax", "neo_panamax", "ultra_large"] = Field(
        "ultra_large", description="class of the ships"
    )
    speed_knots: float = Field(14.0, ge=8, le=24, description="speed at sea", json_schema_extra={"unit": "knots"})
    service_level: float = Field(
        0.95, ge=0.5, le=0.999, description="cycles without stock-out", json_schema_extra={"unit": "fraction"}
    )
    time_limit_seconds: float = Field(
        5.0, ge=1, le=300, description="limit of the network search", json_schema_extra={"unit": "seconds"}
    )


class DemandAndInventory(Parameters):
    """What `33_demand_and_inventory` can be asked."""

    notebook: ClassVar[str] = "33_demand_and_inventory"
    needs: ClassVar[tuple[str, ...]] = ("orders",)
    uses: ClassVar[tuple[str, ...]] = (
        "products", "assumptions", "prices", "inventory", "suppliers", "lanes", "warehouses",
    )  # fmt: skip
    markets: list[MarketCode] = Field([], description="markets shown; empty = all")
    horizon_weeks: int = Field(8, ge=1, le=26, description="weeks ahead", json_schema_extra={"unit": "weeks"})
    level: float = Field(0.8, ge=0.5, le=0.98, description="level of intervals", json_schema_extra={"unit": "fraction"})
    target_fill: float = Field(
        0.95, ge=0.6, le=0.995, description="share of demand served", json_schema_extra={"unit": "fraction"}
    )
    origins: int = Field(6, ge=2, le=20, description="back-test cut-offs", json_schema_extra={"unit": "cut-offs"})


class Suppliers(Parameters):
    """What `34_suppliers` can be asked."""

    notebook: ClassVar[str] = "34_suppliers"
    needs: ClassVar[tuple[str, ...]] = ("suppliers", "assumptions")
    uses: ClassVar[tuple[str, ...]] = ("purchases", "supplier_months", "products")
    category: str = Field("home_storage", description="category whose volume is split")
    country_cap: float = Field(
        0.5, gt=0, le=1, description="largest share of a country", json_schema_extra={"unit": "fraction"}
    )
    supplier_cap: float = Field(
        0.5, gt=0, le=1, description="largest share of a supplier", json_schema_extra={"unit": "fraction"}
    )
    outage_days: float = Field(60.0, ge=1, le=365, description="mean outage", json_schema_extra={"unit": "days"})
    switch_days: float = Field(
        21.0, ge=0, le=180, description="days until others take over", json_schema_extra={"unit": "days"}
    )
