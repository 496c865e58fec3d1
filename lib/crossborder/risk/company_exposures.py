"""Single exposures and spending optima computed from a company's own tables."""

from collections.abc import Callable, Iterable
from typing import Protocol

import numpy as np
import pandas as pd

from crossborder.reference import exchange
from crossborder.risk import exposure, frequency_severity

__all__ = ["compliance_optimum", "table"]


class Tables(Protocol):
    """What is needed of a company."""

    as_of: pd.Timestamp

    def optional(self, name: str) -> pd.DataFrame | None:
        """A table, or None."""


def table(company: Tables, revenue_usd: float) -> pd.DataFrame:
    """Loss models of single events: exposure, frequency_year, severity_median_usd, expected_usd, bad_event_usd.

    Sizes come from revenue, customers and platforms; frequencies from the register where it names the event, else 1 in
    20 years. An event worse than `bad_event_usd` has a probability of 5 %.
    """
    risks, customers = company.optional("risks"), company.optional("customers")
    often = _frequency(risks)
    records = float(len(customers)) if customers is not None else revenue_usd / 60.0
    models = [
        exposure.infringement(0.02 * revenue_usd, probability_year=often("infring", "copied")),
        exposure.recall(0.01 * revenue_usd / 40.0, probability_year=often("recall"), refund_usd=40.0, handling_usd=8.0),
        exposure.account_ban(
            revenue_usd / 12 * 0.45, probability_year=often("bans", "ban "), margin=0.25, days=90, kept_share=0.35
        ),
        exposure.data_breach(records, probability_year=often("data", "leak"), cost_per_record_usd=1.0),
        exposure.tax_arrears([0.1 * revenue_usd], [0.08], 3.0, detection_year=often("arrears", "tax")),
    ]
    found = exposure.as_risks(models).rename(columns={"risk_id": "exposure"})
    found["bad_event_usd"] = [m.severity_median_usd * float(np.exp(1.645 * m.severity_log_sd)) for m in models]
    found = found.drop(columns="severity_log_sd")
    euro = float(exchange.convert(1.0, "EUR", min(company.as_of, exchange.last_date()), "USD"))
    # Authorities scale the starting amount with turnover; a fine of one percent of it is the usual size here.
    cap = exposure.regulatory_fine(revenue_usd, probability_year=0.0, usd_per_eur=euro)["cap_usd"]
    typical = min(0.01 * revenue_usd / cap, 0.5)
    fine = exposure.regulatory_fine(
        revenue_usd, probability_year=often("data", "leak"), usd_per_eur=euro, typical_share_of_cap=typical
    )
    row = {"exposure": "privacy fine", "frequency_year": often("data", "leak"), "expected_usd": fine["expected_usd"]}
    row |= {"severity_median_usd": typical * cap, "bad_event_usd": fine["bad_case_usd"]}
    return pd.concat([found, pd.DataFrame([row])], ignore_index=True).sort_values(
        "expected_usd", ascending=False, ignore_index=True
    )


def compliance_optimum(risks: pd.DataFrame, *, kinds: Iterable[str] = ("compliance", "operational")) -> pd.DataFrame:
    """Gordon-Loeb optimum by kind: kind, expected_usd, spend_usd, residual_share, net_benefit_usd, today_usd.

    The exposure is the expected loss of the kind's risks; productivity is read off the register: its treatments avoid
    a share of the loss at their cost, and residual = 1 / (alpha z + 1) is fitted through that point.
    """
    loss = frequency_severity.expected_loss(risks)
    rows = []
    for kind in kinds:
        part = (risks["kind"] == kind).to_numpy()
        cost = float(risks.loc[part, "treatment_cost_usd"].sum())
        kept = 1 - float((loss[part] * risks.loc[part, "treatment_effect"]).sum() / max(loss[part].sum(), 1e-9))
        if cost <= 0 or kept >= 1:
            continue
        alpha = (1 / kept - 1) / cost
        best = exposure.gordon_loeb(float(loss[part].sum()), 1.0, productivity=alpha)
        rows.append(
            {
                "kind": kind,
                "expected_usd": float(loss[part].sum()),
                "spend_usd": best["spend_usd"],
                "residual_share": best["residual_probability"],
                "net_benefit_usd": best["net_benefit_usd"],
                "today_usd": cost,
            }
        )
    columns = ["kind", "expected_usd", "spend_usd", "residual_share", "net_benefit_usd", "today_usd"]
    return pd.DataFrame(rows, columns=columns)


def _frequency(risks: pd.DataFrame | None) -> Callable[..., float]:
    """Yearly frequency of the first risk whose name holds one of the words."""

    def often(*words: str) -> float:
        if risks is None:
            return 0.05
        named = risks["name"].str.lower()
        for word in words:
            hits = named.str.contains(word, regex=False)
            if hits.any():
                return float(risks.loc[hits, "frequency_year"].iloc[0])
        return 0.05

    return often
