"""The board page: decision cards that a phone can show, the page in six sentences, what changed since the last run."""

import html
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from crossborder import style
from crossborder.language import t, text

__all__ = ["Cards", "decision_cards", "path_and_middle", "summary", "what_changed"]

SURE = {
    "narrow": "narrow: within a tenth",
    "fair": "fair: within a half",
    "wide": "wide: beyond a half",
    "counted": "counted, not estimated",
    "odds": "the odds are the answer",
    "planned": "worked out on the plan's own path",
    "no interval": "no interval",
}
GRID = "display:grid;grid-template-columns:repeat(auto-fit,minmax(16rem,1fr));gap:0.7rem"
BOX = "border:1px solid #b8b8b8;border-radius:4px;padding:0.5rem 0.7rem"
LINE = "display:block;margin-top:0.15rem"


@dataclass(frozen=True)
class Cards:
    """Decisions as cards in parts; shows itself as HTML that reflows, and as plain text."""

    frame: pd.DataFrame

    def _repr_html_(self) -> str:
        parts = [
            f'<div class="part"><p><strong>{_said(part)}</strong></p>'
            f'<div class="grid" style="{GRID}">{"".join(_card(card) for card in rows.itertuples())}</div></div>'
            for part, rows in self.frame.groupby("part", sort=False)
        ]
        return f'<div class="cards">{"".join(parts)}</div>'

    def __repr__(self) -> str:
        columns = ["question", "answer", "interval", "name"]
        shown = self.frame[columns].where(self.frame["status"].eq("ok"), self.frame["status"], axis=0)
        return shown.assign(question=self.frame["question"]).to_string(index=False)


def decision_cards(cards: pd.DataFrame) -> Cards:
    """One card a decision: question, answer, interval and its width, on what it rests, the recorded result's name."""
    return Cards(cards)


def _card(card: tuple) -> str:
    lines = [f'<span class="question" style="{LINE}">{_said(card.question)}</span>']
    if card.status != "ok":
        lines += [f'<strong class="answer" style="{LINE};color:#6b6b6b">–</strong>', _small(card.status)]
        return f'<div class="card absent" style="{BOX}">{"".join(lines)}{_source(card)}</div>'
    lines.append(f'<strong class="answer" style="{LINE};font-size:1.15em">{html.escape(card.answer)}</strong>')
    lines.append(_small(card.interval, "interval") if card.interval else "")
    lines.append(_small(card.what, "what") if card.what else "")
    lines.append(_small(t(SURE[card.sure]), f"sure {card.sure.replace(' ', '-')}"))
    lines.append(_small(t("rests on: {what}", what=card.depends_on)))
    lines.append(_small(card.changed, "changed") if card.changed else "")
    return f'<div class="card" style="{BOX}">{"".join(lines)}{_source(card)}</div>'


def _small(said: str, kind: str = "quiet") -> str:
    return f'<small class="{kind}" style="{LINE}">{html.escape(said)}</small>'


def _source(card: tuple) -> str:
    place = html.escape(f"{card.source[:2]} {card.name}")
    return f'<small class="source" style="{LINE}"><code>{place}</code></small>'


def _said(words: str) -> str:
    return html.escape(text(words))


def summary(cards: pd.DataFrame, scenarios: pd.DataFrame, checks: pd.DataFrame) -> style.Sentence:
    """The page in six sentences, one a part; a sentence whose numbers are missing is left out.

    `cards` as from `plan.decisions`, `scenarios` as from `plan.scenario_table`, `checks` as from `plan.recalibration`.
    """
    known = cards[cards["status"] == "ok"]
    words = {name: _words(row) for name, row in known.assign(key=_keys(known["name"])).set_index("key").iterrows()}
    lines = [_filled(template, words) for template in SENTENCES]
    lines += [_worst(scenarios), _sureness(known, checks)]
    return style.Sentence("\n".join(f"- {line}" for line in lines if line))


def _keys(names: pd.Series) -> pd.Series:
    return names.str.replace(".", "_", regex=False)


def _words(row: pd.Series) -> dict[str, str]:
    return {name: row[name] for name in ("answer", "value", "interval", "what")}


# Fields are a result's name with _ for the points; _interval is its interval, _what the things that its note names.
SENTENCES = (
    "**Enter:** {market_entry_chosen_p_first_answer}, and the first that passes every gate; our markets are worth "
    "{market_size_own_markets_usd} and grow by {market_growth_year} a year.",
    "**Sell:** {selection_picks_value_usd_what}. They are worth {selection_picks_value_usd} "
    "({selection_picks_value_usd_interval}).",
    "**Bring:** logistics takes {supply_logistics_cost_share} of sales; a better network saves "
    "{supply_network_saved_usd_year} a year, and {supply_replay_stock_saved_share} of the stock can go.",
    "**Win:** moving the ad budget is worth {marketing_budget_gain_week_usd} a week "
    "({marketing_budget_gain_week_usd_interval}); a new customer is worth {marketing_customer_new_value_usd}.",
    "**Earn:** the plan is worth {finance_plan_value_usd} ({finance_plan_value_usd_interval}); better prices bring "
    "{finance_price_gain_usd} a year; cash falls to {finance_cash_low_usd} at its lowest.",
    "**Break:** the nearest breaking point is {risk_stress_weakest_size_answer}; the plan breaks a covenant with "
    "probability {finance_odds_covenant_broken}; the reserve for nineteen years in twenty is "
    "{risk_reserve_needed_95_usd}.",
)


def _filled(template: str, words: Mapping[str, Mapping[str, str]]) -> str:
    fields = {name: one["value"] for name, one in words.items()}
    fields |= {f"{name}_{part}": one[part] for name, one in words.items() for part in ("answer", "interval", "what")}
    try:
        return style.say(template, **fields).text
    except KeyError:
        return ""


def _worst(scenarios: pd.DataFrame) -> str:
    worst = scenarios.loc[scenarios["enterprise_value"].idxmin()]
    base = scenarios.set_index("scenario").loc["base", "enterprise_value"]
    return style.say(
        "**Worst scenario:** {title}; the plan is then worth {left} instead of {value}.",
        title=text(worst["title"]),
        left=style.money(float(worst["enterprise_value"])),
        value=style.money(float(base)),
    ).text


def _sureness(known: pd.DataFrame, checks: pd.DataFrame) -> str:
    count = known["sure"].value_counts()
    wide = known[known["sure"] == "wide"]["question"]
    return style.say(
        "**How sure:** {narrow} numbers have an interval within a tenth, {fair} within a half and {wide} are wider; "
        "{known} are counted or are odds themselves, {none} have no interval; {held} of {all} checks of models hold. "
        "Least sure: {least}",
        narrow=int(count.get("narrow", 0)),
        fair=int(count.get("fair", 0)),
        wide=int(count.get("wide", 0)),
        known=int(count.reindex(["counted", "odds", "planned"]).sum()),
        none=int(count.get("no interval", 0)),
        held=int((~checks["due"]).sum()),
        all=len(checks),
        least=" ".join(text(question) for question in wide.head(3)) or t("none."),
    ).text


def what_changed(changed: pd.DataFrame, run: str, started: str) -> style.Table | style.Sentence:
    """What moved since the last run as a table; a line where it is the first run or nothing moved."""
    if not started:
        return style.say("This is the first run of its name: there is nothing to compare with yet.")
    day = started.replace("T", " ").removesuffix("Z")[:16]
    if changed.empty:
        return style.say("Nothing moved since the run {run} of {day} UTC.", run=run, day=day)
    return style.table(
        changed,
        caption=t(
            "What moved since the run {run} of {day} UTC, strongest against its uncertainty first", run=run, day=day
        ),
        formats={"before": "number2", "now": "number2", "change": "number2", "half_widths": "number1", "name": "code"},
        headers={"half_widths": "change over half width", "before": "last run", "now": "this run"},
        limit=10,
    )


def path_and_middle(cards: pd.DataFrame, scenarios: pd.DataFrame) -> style.Sentence:
    """Why a card and the base row of the scenarios differ: one is the middle of simulated years, the other the plan."""
    known = cards[cards["status"] == "ok"].set_index("name")["value"]
    base = scenarios.set_index("scenario").loc["base"]
    middle = [known.get(name, "") for name in ("finance.plan.ebitda_usd", "finance.cash.low_usd")]
    if not all(middle):
        return style.say("Every row follows the plan's own path, without chance.")
    return style.say(
        "Every row follows the plan's own path, without chance. The cards give the middle of the simulated years: "
        "earnings of the first year of {ebitda} beside {ebitda_path} here, lowest cash of {cash} beside {cash_path}.",
        ebitda=middle[0],
        ebitda_path=style.money(float(base["ebitda_year"])),
        cash=middle[1],
        cash_path=style.money(float(base["cash_low"])),
    )
