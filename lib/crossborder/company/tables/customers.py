"""Customers and the conversations with them: e-mail, service, surveys, keywords, streams."""

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
    timestamp,
)

__all__ = ["TABLES"]

CUSTOMERS = Table(
    "customers",
    "a customer",
    (
        text("customer_id", "customer"),
        market(),
        date("first_seen_on", "first contact"),
        text("acquisition_channel", "channel of the first contact", nullable=True),
        text("cohort", "age group", nullable=True, required=False),
        boolean("member", "whether in the membership programme"),
        date("member_since", "day of joining", nullable=True),
        number(
            "visits_before_joining",
            "visits",
            "visits in the 90 days before joining or before the same day",
            nullable=True,
            required=False,
        ),
        money(
            "spend_before_joining_usd",
            "spend in the 180 days before joining or before the same day",
            nullable=True,
            required=False,
        ),
        money(
            "spend_after_joining_usd",
            "spend in the 180 days after joining or after the same day",
            nullable=True,
            required=False,
        ),
        boolean("consent", "whether contact and tracking are allowed", required=False),
    ),
    key=("customer_id",),
    dated_by="first_seen_on",
)

EMAILS = Table(
    "emails",
    "a market, a week and a number of e-mails a person",
    (
        date("week", "Monday of the week"),
        market(),
        integer("sends_per_person", "e-mails a week", "e-mails that each person of the group got"),
        integer("people", "people", "people in the group"),
        integer("opened", "people", "people who opened at least one"),
        integer("ordered", "people", "people who ordered"),
        integer("unsubscribed", "people", "people who left the list"),
        money("revenue_usd", "revenue of the group in the week"),
    ),
    key=("week", "market", "sends_per_person"),
    dated_by="week",
)

KEYWORDS = Table(
    "keywords",
    "a search term, a market and a month",
    (
        date("month", "first day of the month"),
        market(),
        text("keyword", "search term"),
        text("category", "category", nullable=True),
        choice("tier", "core scene long_tail", "tier", nullable=True),
        integer("volume", "searches", "searches in the month"),
        number("rank", "position", "own organic position; missing beyond 100", nullable=True, low=1),
        integer("clicks", "clicks", "paid clicks"),
        money("cost", "paid cost"),
        currency(),
        integer("orders", "orders", "orders from paid clicks"),
        money("sales", "sales from paid clicks"),
    ),
    key=("month", "market", "keyword"),
    dated_by="month",
)

LIVE_STREAMS = Table(
    "live_streams",
    "a live session",
    (
        text("stream_id", "session"),
        timestamp("started_at", "start"),
        market(),
        text("platform", "platform"),
        choice("host_tier", "head mid micro own", "size of the host's audience"),
        number("minutes", "minutes", "length", low=0),
        integer("viewers", "people", "people reached"),
        share("completion", "share who stayed beyond the first minute"),
        integer("orders", "orders", "orders in the session"),
        money("sales_usd", "sales in the session"),
        money("cost_usd", "fee and production"),
    ),
    key=("stream_id",),
    dated_by="started_at",
)

TICKETS = Table(
    "tickets",
    "a support request",
    (
        text("ticket_id", "request"),
        timestamp("opened_at", "opened"),
        timestamp("first_reply_at", "first reply", nullable=True),
        timestamp("solved_at", "solved", nullable=True),
        market(),
        text("order_id", "order concerned", nullable=True, refers_to="orders.order_id"),
        choice("stage", "discover buy receive use", "stage of the customer's experience"),
        text("reason", "reason"),
        boolean("by_bot", "whether the bot solved it"),
        boolean("safety", "whether it names a safety risk"),
        integer("satisfaction", "stars", "answer to the survey after it", nullable=True, low=1, high=5),
        number("handling_minutes", "minutes", "time of an agent", nullable=True, low=0),
    ),
    key=("ticket_id",),
    dated_by="opened_at",
)

SURVEYS = Table(
    "surveys",
    "an answer to the recommendation question",
    (
        text("customer_id", "customer", refers_to="customers.customer_id"),
        date("date", "day"),
        market(),
        integer("score", "points", "would recommend, 0 to 10", low=0, high=10),
    ),
    key=("customer_id", "date"),
    dated_by="date",
)

TABLES = (CUSTOMERS, EMAILS, KEYWORDS, LIVE_STREAMS, TICKETS, SURVEYS)
