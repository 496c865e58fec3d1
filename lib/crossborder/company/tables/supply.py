"""Suppliers, purchases, lanes, shipments, warehouses, stock."""

from crossborder.company.tables.contract import (
    Table,
    boolean,
    choice,
    currency,
    date,
    integer,
    market,
    money,
    number,
    share,
    text,
)

__all__ = ["INDICATORS", "TABLES"]

# The twelve indicators of a supplier, each with more = better, except those named in `LESS_IS_BETTER`.
INDICATORS = (
    share("on_time_rate", "deliveries on the promised day or before"),
    share("defect_rate", "pieces with a defect"),
    number("response_hours", "hours", "median time to answer", low=0),
    share("capacity_free", "share of capacity not used"),
    number("price_index", "index", "price level, 1 is the median of the category", low=0),
    share("certificate_score", "valid certificates over required ones"),
    share("financial_health", "credit score"),
    share("flexibility", "accepted changes of quantity or date"),
    share("social_score", "labour audit"),
    share("environment_score", "environment audit"),
    share("traceability", "batches with full records"),
    number("years_together", "years", "length of the relation", low=0),
)

SUPPLIERS = Table(
    "suppliers",
    "a supplier",
    (
        text("supplier_id", "supplier"),
        text("name", "name"),
        market("country"),
        text("region", "region", nullable=True),
        text("category", "main category"),
        integer("capacity_units_month", "pieces a month", "capacity"),
        integer("min_order_quantity", "pieces", "smallest order"),
        number("lead_time_days_mean", "days", "order to ready for shipping, mean", low=0),
        number("lead_time_days_sd", "days", "the same, standard deviation", low=0),
        share("volume_discount", "price cut at twice the usual volume"),
        boolean("registry_ok", "registered company"),
        boolean("tax_ok", "tax record clean"),
        boolean("bank_ok", "bank account verified"),
        boolean("credit_ok", "no credit warning"),
        share("outage_probability_year", "probability of an outage within a year"),
        *INDICATORS,
    ),
    key=("supplier_id",),
)

SUPPLIER_MONTHS = Table(
    "supplier_months",
    "a supplier and a month",
    (
        date("month", "first day of the month"),
        text("supplier_id", "supplier", refers_to="suppliers.supplier_id"),
        share("on_time_rate", "deliveries on time"),
        share("defect_rate", "pieces with a defect"),
        integer("units", "pieces", "pieces delivered"),
    ),
    key=("month", "supplier_id"),
    dated_by="month",
)

PURCHASES = Table(
    "purchases",
    "a line of a purchase order",
    (
        text("purchase_id", "purchase order line"),
        text("supplier_id", "supplier", refers_to="suppliers.supplier_id"),
        text("sku", "product", refers_to="products.sku"),
        date("ordered_on", "ordered"),
        date("promised_on", "promised"),
        date("received_on", "ready for shipping; missing while open", nullable=True),
        integer("quantity", "pieces", "pieces ordered"),
        integer("inspected", "pieces", "pieces inspected"),
        integer("defects", "pieces", "defects among those inspected"),
        money("unit_cost", "price of a piece"),
        currency(),
    ),
    key=("purchase_id",),
    dated_by="ordered_on",
)

LANES = Table(
    "lanes",
    "an origin, a market and a mode",
    (
        text("lane_id", "lane"),
        text("origin", "place of departure (UN/LOCODE)"),
        market(),
        choice("mode", "sea rail air road sea_air courier", "mode of transport"),
        text("origin_gateway", "port or airport of departure"),
        text("market_gateway", "port or airport of arrival"),
        money("cost_per_kg", "by weight (air, courier, road)", nullable=True),
        money("cost_per_cbm", "by volume, part loads", nullable=True),
        money("cost_per_container", "a 40-foot container", nullable=True),
        currency(),
        number("transit_days_mean", "days", "door to warehouse, mean", low=0),
        number("transit_days_sd", "days", "the same, standard deviation", low=0),
        number("customs_days_mean", "days", "part of it in customs, mean", low=0),
        share("reliability", "shipments on the promised day or before"),
        number("departures_per_week", "a week", "departures", low=0),
    ),
    key=("lane_id",),
)

SHIPMENTS = Table(
    "shipments",
    "a product in a shipment",
    (
        text("shipment_id", "shipment"),
        text("lane_id", "lane", refers_to="lanes.lane_id"),
        text("purchase_id", "batch: the purchase it comes from", nullable=True, refers_to="purchases.purchase_id"),
        text("sku", "product", refers_to="products.sku"),
        market(),
        text("warehouse_id", "warehouse of arrival", refers_to="warehouses.warehouse_id"),
        date("shipped_on", "departure"),
        date("promised_on", "promised arrival"),
        date("arrived_on", "arrival; missing while under way", nullable=True),
        integer("quantity", "pieces", "pieces"),
        number("weight_kg", "kg", "gross weight", low=0),
        number("volume_cbm", "cbm", "volume", low=0),
        money("goods_value", "customs value of the goods"),
        money("inland", "cost to the port of departure"),
        money("freight", "main freight"),
        money("insurance", "cargo insurance"),
        money("duty", "customs duty"),
        money("import_tax", "import VAT or GST"),
        money("brokerage", "clearance fees"),
        currency(),
    ),
    key=("shipment_id", "sku"),
    dated_by="shipped_on",
)

WAREHOUSES = Table(
    "warehouses",
    "a warehouse, used or possible",
    (
        text("warehouse_id", "warehouse"),
        text("name", "name"),
        market(),
        number("longitude", "degrees", "longitude", low=-180, high=180),
        number("latitude", "degrees", "latitude", low=-90, high=90),
        boolean("in_use", "whether in use today"),
        money("fixed_cost_month", "rent and staff a month"),
        money("handling_cost_unit", "handling of a piece"),
        money("storage_cost_cbm_month", "storage of a cubic metre and month"),
        currency(),
        number("capacity_cbm", "cbm", "capacity", low=0),
        boolean("bonded", "whether bonded"),
        number(
            "record_accuracy", "fraction", "share of stock records that a count confirms", low=0, high=1, required=False
        ),
    ),
    key=("warehouse_id",),
)

INVENTORY = Table(
    "inventory",
    "a product, a warehouse and a week",
    (
        date("week", "Monday of the week"),
        text("sku", "product", refers_to="products.sku"),
        text("warehouse_id", "warehouse", refers_to="warehouses.warehouse_id"),
        market(),
        integer("opening", "pieces", "on hand on Monday"),
        integer("received", "pieces", "arrived in the week"),
        integer("sold", "pieces", "shipped to customers in the week"),
        integer("restocked", "pieces", "returns put back on the shelf"),
        integer("written_off", "pieces", "lost or scrapped"),
        integer("on_hand", "pieces", "on hand on Sunday: opening + received - sold + restocked - written_off"),
        integer("on_order", "pieces", "ordered or under way on Sunday"),
        date("received_at", "day of the oldest batch still on hand", nullable=True),
    ),
    key=("week", "sku", "warehouse_id"),
    dated_by="week",
)

TABLES = (SUPPLIERS, SUPPLIER_MONTHS, PURCHASES, LANES, SHIPMENTS, WAREHOUSES, INVENTORY)
