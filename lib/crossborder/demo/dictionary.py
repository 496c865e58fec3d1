"""The README of a simulated company: mechanisms in plain words, believable facts beside claims, all columns."""

from pathlib import Path

import pandas as pd

from crossborder.company.tables import TABLES
from crossborder.demo.world import AS_OF, COMPANY, MARKETS

__all__ = ["dictionary", "facts"]

CLAIMS = Path(__file__).resolve().parents[3] / "data" / "reference" / "claims.csv"
MECHANISMS = """\
## How the numbers come about

- **Demand.** Log demand of a product in a market and week is a sum: the product's appeal there, its category's season
  (turned round in the south), the ramp of a new listing, own price (an elasticity a category), the rivals' price,
  rating, a running promotion and the slump in the two weeks after it, and the days of delivery promised. The market
  adds growth, a yearly and a weekly season, public holidays and real festivals (Black Friday, Singles' Day ...).
- **Prices.** The shelf price follows the exchange rate in part and with a lag (ECB rates of those days; the riyal is
  pegged), stays for weeks, then jumps. Rivals keep local prices.
- **Journeys.** People in need get contacts on twelve channels. A contact multiplies the daily chance to buy by
  1 + lift, fading each day by `keep`. How many contacts there are follows the day's spend through a saturating curve.
  Contacts are drawn so that the mean effect on a day is exp(coefficient x adstock): journeys, mix model and
  experiments share one truth. Branded search, retargeting, affiliates and e-mail follow the person's own intent, and
  buyers who have decided often enter through them: they get the last click and cause little. A prospect's need may
  bring several purchases; each further one is written as another person's with the same contacts, so that buying uses
  nobody up and the whole stays exactly log-linear.
- **Customers.** After the first purchase needs come back at the customer's own gamma rate until drop-out, which may
  strike after each repeat purchase with the customer's own beta probability (BG/NBD). Membership raises the rate;
  those who join would have bought more anyway. Basket size differs between customers by a gamma factor.
- **Stock.** A weekly review orders from suppliers (minimum quantities, gamma lead times, New Year shutdown), ships
  every second week, by air where a light product runs short. A canal closure, a port congestion and a failed supplier
  happened. What is not in stock is not sold; the lost demand is in the truth.
- **Returns** depend on category, market, rating and late delivery; part goes back on the shelf, the rest is scrapped.
- **Money.** Platforms settle weekly, less fees and refunds, after their delay. Suppliers get a deposit and the rest
  30 days after the goods are ready; forwarders 30 days; customs three days. Sales tax is paid monthly, less import tax.
  A dozen business customers buy on credit directly (invoices W..., goods shipped by the supplier; not in orders).
  Receivables and payables hold every invoice, the ledger every payment, each to the cent.
- **Opening.** The company moved its books on 2023-11-01: it opens with cash, stock, equipment and a loan, without
  invoices.
- **Controls.** Every control stops a bad case with its own probability and a good one by mistake with another, some
  better since a day on which they were renewed; drills take a lognormal time. Trade marks are missing in some markets.
- **Videos.** What a panel and a test clip say of an idea (appeal, seconds to the benefit, hook) is related to the
  proposer's opinion; the share of a launch that social shops sell is log-linear in it and differs by market.
- **Left simple.** Suppliers' capacity never binds, products do not take sales from each other, rivals do not answer,
  and an ad's cost buys reach at one price all year.
- The first and last weeks of weekly tables are cut by the period; 2 % of orders are guests without customer; some
  deliveries were never confirmed and some rival prices could not be read. Nothing else is missing by accident.

The parameters and true effects stand in `truth/` (`truth.json`; frames beside it). Only tests and the notebooks'
sections on trust read them.
"""


def dictionary(tables: dict[str, pd.DataFrame], truth: dict) -> str:
    """The README as Markdown."""
    head = [
        f"# {COMPANY}: the simulated company",
        "",
        f"A seller from China in eight markets, three years of days up to {AS_OF.date()}, made by `crossborder demo`.",
        "Nothing here is a real person or company. The same seed gives the same bytes.",
        "",
        MECHANISMS,
    ]
    if {"orders", "customers", "sessions", "inventory", "shipments", "ledger", "ad_spend"} <= set(tables):
        head += ["## Facts beside claims", "", _markdown(facts(tables)), ""]
    if "dirt" in truth:
        planted = pd.DataFrame(truth["dirt"])[["table", "column", "kind", "rule", "count"]]
        head += ["## Planted defects", "", _markdown(planted), ""]
    return "\n".join([*head, "## Tables", "", *_tables(tables)]) + "\n"


def _tables(tables: dict[str, pd.DataFrame]) -> list[str]:
    lines = []
    for name, table in TABLES.items():
        rows = f"{len(tables[name]):,} rows" if name in tables else "parts"
        lines += [f"### {name}", "", f"One row is {table.row}; {rows}; key: {', '.join(table.key) or 'none'}.", ""]
        lines += ["| column | type | unit | meaning |", "|---|---|---|---|"]
        for c in table.columns:
            if name in tables and c.name not in tables[name]:
                continue
            kind = c.kind + (", may be missing" if c.nullable else "")
            words = c.meaning + (f" ({', '.join(c.choices)})" if c.choices else "")
            lines.append(f"| {c.name} | {kind} | {c.unit} | {words.replace('|', '&#124;')} |")
        lines.append("")
    return lines


def facts(tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Marginal facts of the company (`fact`, `here`) beside published claims (`claimed`, `claim`), all computed."""
    orders, sessions, stock = tables["orders"], tables["sessions"], tables["inventory"]
    sent = orders.assign(back=orders["returned"] > 0).groupby("market")["back"].mean()
    late = orders["delivered_at"] - orders["ordered_at"] > pd.to_timedelta(orders["promised_days"], unit="D")
    bought = orders.dropna(subset="customer_id").groupby("customer_id")["order_id"].nunique()
    visits = sessions.groupby("platform")[["orders", "visits"]].sum()
    weekly = stock.groupby("week")[["on_hand", "sold"]].sum().iloc[1:-1]
    money = tables["ledger"].groupby("account")["amount_usd"].sum()
    sales = money["sales payout"] + money["refunds"]
    journey = ["inland", "freight", "insurance", "brokerage"]
    local = ["last mile", "warehousing", "returns handling"]
    rows = [
        ("lines returned, all markets", orders["returned"].gt(0).mean(), ("C000-052",)),
        *[(f"lines returned, {m}", sent[m], ("C000-053",) if m == "US" else ()) for m in MARKETS],
        ("visits that order, all platforms", visits["orders"].sum() / visits["visits"].sum(), ("C000-037",)),
        ("visits that order, marketplace_a", visits["orders"].div(visits["visits"])["marketplace_a"], ("C000-038",)),
        ("customers with two orders or more", (bought > 1).mean(), ("C001-262",)),
        ("delivered later than promised", late[orders["delivered_at"].notna()].mean(), ("C000-069",)),
        ("advertising over sales net of refunds", -money["advertising"] / sales, ("C000-045",)),
        ("transport to the market over sales", -money[journey].sum() / sales, ()),
        ("transport, storage and delivery over sales", -money[journey + local].sum() / sales, ("C001-186", "C000-201")),
        ("days of stock", 7 * weekly["on_hand"].mean() / weekly["sold"].mean(), ("C000-040", "C000-039")),
    ]
    known = pd.read_csv(CLAIMS, dtype=str).set_index("claim_id") if CLAIMS.exists() else pd.DataFrame()
    told = [(name, f"{value:.0f}" if value > 2 else f"{value:.1%}", *_claimed(known, ids)) for name, value, ids in rows]
    return pd.DataFrame(told, columns=["fact", "here", "claimed", "claim"])


def _claimed(known: pd.DataFrame, ids: tuple[str, ...]) -> tuple[str, str]:
    found = known.loc[[i for i in ids if i in known.index]]
    values = []
    for row in found.itertuples():
        value = float(row.value_low if isinstance(row.value_low, str) else row.value_high)
        words = f"{value:.0f} days" if row.unit == "days" else f"{value:.1%}"
        values.append(f"{words} ({row.subject}, {row.geography})")
    return "; ".join(values), ", ".join(found.index)


def _markdown(frame: pd.DataFrame) -> str:
    lines = ["| " + " | ".join(frame.columns) + " |", "|" + "---|" * len(frame.columns)]
    return "\n".join(lines + ["| " + " | ".join(map(str, row)) + " |" for row in frame.itertuples(index=False)])
