"""Products, ideas for products, rival offers, past launches, reviews."""

from crossborder.company.tables.contract import (
    Table,
    boolean,
    currency,
    date,
    integer,
    market,
    money,
    number,
    share,
    text,
)

__all__ = ["CONTENT", "SIGNALS", "TABLES"]

PRODUCTS = Table(
    "products",
    "a SKU",
    (
        text("sku", "product"),
        text("name", "name"),
        text("category", "category"),
        text("hs_code", "HS code, six digits", pattern=r"^\d{6}$"),
        money("unit_cost", "purchase price of a piece", nullable=True),
        currency(),
        number("weight_kg", "kg", "packed weight of a piece", low=0.001),
        number("length_cm", "cm", "packed length", low=0.1),
        number("width_cm", "cm", "packed width", low=0.1),
        number("height_cm", "cm", "packed height", low=0.1),
        text("supplier_id", "supplier", nullable=True, refers_to="suppliers.supplier_id"),
        date("launched_on", "first day on sale", nullable=True),
        text("certificates", "certificates held, apart by |", nullable=True, required=False),
        text("materials", "main materials, apart by |", nullable=True, required=False),
        boolean("battery", "whether it contains a battery", required=False),
        boolean("fragile", "whether it breaks easily", required=False),
        money("list_price_usd", "reference price", nullable=True, required=False),
    ),
    key=("sku",),
)

# The signals known on the day of a decision; the same columns in `candidates` and `launches`.
SIGNALS = (
    number("search_volume", "searches a month", "searches for the need in the market", low=0, nullable=True),
    number("search_growth", "fraction a year", "growth of the searches", low=-1, nullable=True),
    money("category_sales_usd", "yearly sales of the niche in the market", nullable=True),
    number("category_growth", "fraction a year", "growth of the niche", low=-1, nullable=True),
    number("growth_change", "fraction a year", "growth of this half year less the half year before", nullable=True),
    money("price_usd", "intended price, without sales tax", nullable=True),
    share("price_percentile", "where the price stands among rival offers", nullable=True),
    number("margin_share", "fraction of price", "expected contribution margin", low=-2, high=1, nullable=True),
    share("competition_hhi", "concentration of the niche's sellers", nullable=True),
    share("homogeneity", "likeness of rival offers, 1 is identical", nullable=True),
    number("rating_gap", "stars", "own expected rating less the niche's", low=-4, high=4, nullable=True),
    share("content_fit", "how well it shows in a short video", nullable=True),
    share("logistics_fit", "how light, small and sturdy it is", nullable=True),
    share("climate_fit", "how well it suits climate, home and voltage", nullable=True),
    share("supplier_readiness", "how ready the supplier is", nullable=True),
    share("policy_risk", "risk of a rule against it within a year", nullable=True),
    share("brand_fit", "fit to the brand, or a licence that helps", nullable=True),
)

# What a panel and a test clip said of an idea before the decision; the same columns in `candidates` and `launches`.
CONTENT = (
    share("visual_appeal", "share of a panel that would stop at its picture", nullable=True, required=False),
    number(
        "demo_seconds", "seconds", "time of video until the benefit is seen", nullable=True, required=False, low=0.1
    ),
    share("hook_rate", "share of a test clip's viewers who stay past three seconds", nullable=True, required=False),
)

CANDIDATES = Table(
    "candidates",
    "a product idea for a market",
    (
        text("candidate_id", "idea"),
        text("name", "name"),
        text("category", "category"),
        market(),
        text("hs_code", "HS code, six digits", pattern=r"^\d{6}$"),
        money("unit_cost_usd", "expected purchase price of a piece"),
        number("weight_kg", "kg", "packed weight", low=0.001),
        number("volume_cbm", "cbm", "packed volume", low=0),
        text("supplier_id", "supplier", refers_to="suppliers.supplier_id"),
        text("certificates", "certificates held, apart by |", nullable=True),
        text("materials", "main materials, apart by |", nullable=True),
        boolean("battery", "whether it contains a battery"),
        boolean("fragile", "whether it breaks easily"),
        text("content_flags", "images or words that may offend, apart by |", nullable=True),
        money("launch_cost_usd", "tooling, samples, first stock and content"),
        integer("expected_units_month", "pieces a month", "expected sales once established"),
        date("proposed_on", "day of the proposal"),
        *SIGNALS,
        *CONTENT,
        text("rated_voltage", "rated voltage of what is plugged in, as 230 or 100-240", nullable=True, required=False),
    ),
    key=("candidate_id",),
    dated_by="proposed_on",
)

LAUNCHES = Table(
    "launches",
    "a past idea for a market, launched or not, and what became of it",
    (
        text("launch_id", "launch"),
        text("category", "category"),
        market(),
        date("decided_on", "day of the decision"),
        date("matured_on", "day on which the outcome was known"),
        text("cohort", "quarter of the decision, as 2024Q3"),
        *SIGNALS,
        number("old_rule_score", "points", "score of the rule used at the time"),
        boolean("launched", "whether it was launched; only then is there an outcome"),
        boolean("success", "units and contribution reached the mark by day 90", nullable=True),
        integer("units_90_days", "pieces", "pieces sold by day 90", nullable=True),
        money("contribution_90_days_usd", "contribution by day 90", nullable=True, low=None),
        *CONTENT,
        share("social_share_90_days", "share of those pieces sold in social shops", nullable=True, required=False),
    ),
    key=("launch_id",),
    dated_by="decided_on",
)

LISTINGS = Table(
    "listings",
    "a rival offer",
    (
        text("listing_id", "offer"),
        market(),
        text("platform", "platform"),
        text("category", "category"),
        text("niche", "niche within the category"),
        text("seller_id", "seller"),
        text("title", "title"),
        money("price", "price"),
        currency(),
        number("rating", "stars", "average rating", low=1, high=5, nullable=True),
        integer("review_count", "reviews", "number of reviews"),
        integer("units_month", "pieces a month", "estimated sales"),
        date("listed_on", "first seen"),
        boolean("eco_certified", "claims an environmental certificate"),
        boolean("safety_certified", "claims a safety certificate"),
        boolean("local_culture", "local motif or culture"),
        boolean("smart", "connected or automatic"),
        boolean("traceable", "origin can be traced"),
        boolean("counterfeit", "later removed as counterfeit", nullable=True, required=False),
        integer("image_hash", "number", "fingerprint of the main picture", nullable=True, required=False),
    ),
    key=("listing_id",),
    dated_by="listed_on",
)

REVIEWS = Table(
    "reviews",
    "a review",
    (
        text("review_id", "review"),
        text("sku", "own product", nullable=True, refers_to="products.sku"),
        text("listing_id", "rival offer", nullable=True, refers_to="listings.listing_id"),
        market(),
        text("language", "ISO 639-1 code", pattern=r"^[a-z]{2}$"),
        integer("rating", "stars", "stars given", low=1, high=5),
        text("text", "what the buyer wrote"),
        date("date", "day"),
    ),
    key=("review_id",),
    dated_by="date",
)

MARKET_SALES = Table(
    "market_sales",
    "published yearly sales of a category in a market",
    (
        integer("year", "year", "year", low=1990, high=2100),
        market(),
        text("category", "category"),
        money("sales_usd", "online sales of all sellers"),
        share("online_penetration", "share of the category's retail sales that is online"),
        integer("sellers", "sellers", "active cross-border sellers"),
        number("traffic_cost_index", "index", "cost of a visit, first year = 100", low=0),
    ),
    key=("year", "market", "category"),
)

SEARCH_INTEREST = Table(
    "search_interest",
    "a term, a market and a week",
    (
        date("week", "Monday of the week"),
        market(),
        text("term", "search term"),
        text("category", "category"),
        number("interest", "index", "search interest, 100 is the term's mean in its first year", low=0),
    ),
    key=("week", "market", "term"),
    dated_by="week",
)

TABLES = (PRODUCTS, CANDIDATES, LAUNCHES, LISTINGS, REVIEWS, MARKET_SALES, SEARCH_INTEREST)
