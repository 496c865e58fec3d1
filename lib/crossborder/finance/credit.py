"""Business customers on credit: who pays, what a default would cost, and the terms that earn most."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import expit, ndtri

from crossborder.company import Company
from crossborder.errors import InputError, Refusal
from crossborder.finance.booked_items import usd_at
from crossborder.finance.cash_study import assumed

__all__ = [
    "GRADES",
    "CreditModel",
    "CreditStudy",
    "credit_book",
    "credit_study",
    "credit_terms",
    "default_model",
    "grade_table",
]

# Yearly default probability up to which a buyer has the grade; the terms that go with it.
GRADES = pd.DataFrame(
    [("A", 0.01, 45), ("B", 0.03, 30), ("C", 0.08, 15), ("D", 1.0, 0)], columns=["grade", "up_to", "days"]
)
LEAST = 20  # judged invoices for a model
DEFAULT_DAYS = 90  # Basel Committee (2004), paragraph 452: more than 90 days past due


@dataclass(frozen=True)
class CreditModel:
    """Probability of default of an invoice by credit score: logit = intercept + slope x score, with its covariance."""

    coefficients: np.ndarray
    covariance: np.ndarray
    invoices: int
    defaults: int

    def probability(self, score: np.ndarray, *, level: float = 0.9) -> pd.DataFrame:
        """Probability with interval (normal in the logit) for scores from 0 to 1."""
        score = np.asarray(score, dtype=float)
        if score.size and (score.min() < 0 or score.max() > 1):
            raise InputError.out_of_range("score", float(score.max()), "from 0 to 1")
        row = np.column_stack([np.ones(score.size), score.ravel()])
        middle = row @ self.coefficients
        half = ndtri((1 + level) / 2) * np.sqrt(np.einsum("ij,jk,ik->i", row, self.covariance, row))
        return pd.DataFrame({"probability": expit(middle), "low": expit(middle - half), "high": expit(middle + half)})


@dataclass(frozen=True)
class CreditStudy:
    """The model of default, the buyers with their grades, and the terms that earn most from each."""

    model: CreditModel
    grades: pd.DataFrame
    terms: pd.DataFrame


def credit_study(company: Company, capital_rate: float, *, level: float = 0.9) -> CreditStudy | None:
    """Grades and terms of the company's business customers; None where there are too few invoices for a model."""
    receivables = company.optional("receivables")
    book = None if receivables is None else credit_book(receivables, company.as_of)
    if book is None or book["judged"].sum() < LEAST or not book["default"].any():
        return None
    model = default_model(book)
    loss = assumed(company, "finance.credit.loss_given_default")[0]
    grades = grade_table(book, model, loss_given_default=loss, level=level)
    margin = assumed(company, "finance.credit.margin")[0]
    terms = credit_terms(grades, margin=margin, capital_rate=capital_rate, loss_given_default=loss)
    return CreditStudy(model, grades, terms)


def credit_book(receivables: pd.DataFrame, as_of: object) -> pd.DataFrame:
    """Invoices of business customers with usd (rate of issue), late_days, default and judged, one row an invoice.

    A default is an invoice unpaid, or paid, more than 90 days after it was due; an invoice is judged once it is paid or
    that day has passed. Late days of an open invoice run to `as_of`.
    """
    book = receivables[(receivables["kind"] == "wholesale") & receivables["credit_score"].notna()].copy()
    day = pd.Timestamp(as_of)
    book["usd"] = usd_at(book["amount"], book["currency"], book["issued_on"])
    book["late_days"] = (book["paid_on"].fillna(day) - book["due_on"]).dt.days.clip(lower=0)
    book["default"] = book["late_days"] > DEFAULT_DAYS
    book["judged"] = book["paid_on"].notna() | book["default"]
    return book.reset_index(drop=True)


def default_model(book: pd.DataFrame, *, prior_sd: float = 2.5) -> CreditModel:
    """Logistic regression of default on the credit score, with weak normal priors so that few defaults still fit.

    Priors N(0, `prior_sd` x 2) on the intercept and N(0, `prior_sd` / sd of the score) on the slope, after Gelman,
    Jakulin, Pittau and Su (2008, Annals of Applied Statistics 2(4)), here normal; mode by Newton, errors by Laplace.
    Raises Refusal for fewer than 20 judged invoices or none in default.
    """
    judged = book[book["judged"]]
    y, score = judged["default"].to_numpy(float), judged["credit_score"].to_numpy(float)
    if len(y) < LEAST or y.sum() == 0 or score.std() == 0:
        raise Refusal.because(
            "no default model",
            f"{len(y)} judged invoices with {int(y.sum())} defaults do not carry one",
            "grade by the bureau's own probabilities until there are 20 invoices with a default",
        )
    centre = score.mean()
    x = np.column_stack([np.ones(len(y)), score - centre])
    precision = np.diag([(2 * prior_sd) ** -2, (prior_sd / score.std()) ** -2])
    beta = np.zeros(2)
    for _ in range(100):
        chance = expit(x @ beta)
        hessian = (x * (chance * (1 - chance))[:, None]).T @ x + precision
        step = np.linalg.solve(hessian, x.T @ (y - chance) - precision @ beta)
        beta = beta + np.clip(step, -2, 2)
        if np.abs(step).max() < 1e-10:
            break
    back = np.array([[1.0, -centre], [0.0, 1.0]])
    return CreditModel(back @ beta, back @ np.linalg.inv(hessian) @ back.T, len(y), int(y.sum()))


def grade_table(
    book: pd.DataFrame, model: CreditModel, *, loss_given_default: float = 0.6, level: float = 0.9
) -> pd.DataFrame:
    """One row a buyer: score, grade, days of credit, probability of default with interval, open and expected loss, USD.

    `sales_usd` is the last year of the book, `late_days` the mean of invoices that were paid.
    Expected loss = probability x loss given default x what is open now (an invoice already in default counts whole).
    """
    if not 0 <= loss_given_default <= 1:
        raise InputError.out_of_range("loss_given_default", loss_given_default, "from 0 to 1")
    open_now = book["paid_on"].isna()
    table = book.groupby("counterparty", as_index=False).agg(
        market=("market", "first"), score=("credit_score", "last"), invoices=("usd", "size")
    )
    year = book[book["issued_on"] > book["issued_on"].max() - pd.DateOffset(years=1)]
    table["sales_usd"] = table["counterparty"].map(year.groupby("counterparty")["usd"].sum()).fillna(0.0)
    late = book[~book["default"]].groupby("counterparty")["late_days"].mean()
    table["late_days"] = table["counterparty"].map(late).fillna(0.0)
    waiting = book[open_now].groupby("counterparty")["usd"].sum()
    lost = book[open_now & book["default"]].groupby("counterparty")["usd"].sum()
    table["open_usd"] = table["counterparty"].map(waiting).fillna(0.0)
    chance = model.probability(table["score"].to_numpy(), level=level)
    place = np.searchsorted(GRADES["up_to"].to_numpy()[:-1], chance["probability"], side="left")
    table["grade"], table["days"] = GRADES["grade"].to_numpy()[place], GRADES["days"].to_numpy()[place]
    table = pd.concat([table, chance], axis=1)
    gone = table["counterparty"].map(lost).fillna(0.0)
    table["expected_loss_usd"] = loss_given_default * (table["probability"] * (table["open_usd"] - gone) + gone)
    return table.sort_values("probability", kind="stable", ignore_index=True)


def credit_terms(
    grades: pd.DataFrame,
    *,
    margin: float,
    capital_rate: float,
    days: Sequence[int] = (0, 15, 30, 45, 60),
    uniform_days: int = 30,
    demand_per_day: float = 0.004,
    letter_of_credit_rate: float = 0.015,
    loss_given_default: float = 0.6,
    year_days: float = 365.0,
) -> pd.DataFrame:
    """The terms that earn most from each buyer, and what uniform terms earn, USD a year on the last year's sales.

    Profit of a term = sales x (1 + demand_per_day x (days - uniform)) x (margin - loss - capital). Loss is the buyer's
    probability of default times loss given default, capital the cost of the days and of being late. Zero days means
    prepayment or letter of credit: no loss, `letter_of_credit_rate` of the sale instead. `demand_per_day` is what a day
    more of credit adds to sales: an assumption, to be tested on one buyer first.
    """
    if min(days) < 0 or not 0 <= margin <= 1 or capital_rate < 0:
        got = (list(days), margin, capital_rate)
        raise InputError.out_of_range("days, margin and capital_rate", got, "at least 0, margin up to 1")
    term = np.asarray(sorted(set(days) | {uniform_days}), dtype=float)
    chance, late = grades["probability"].to_numpy()[:, None], grades["late_days"].to_numpy()[:, None]
    sales = grades["sales_usd"].to_numpy()[:, None] * np.maximum(1 + demand_per_day * (term - uniform_days), 0.0)
    loss = np.where(term > 0, chance * loss_given_default, letter_of_credit_rate)
    capital = np.where(term > 0, capital_rate * (term + late) / year_days, 0.0)
    profit = sales * (margin - loss - capital)
    best, same = profit.argmax(axis=1), int(np.flatnonzero(term == uniform_days)[0])
    rows = np.arange(len(grades))
    return grades[["counterparty", "grade", "sales_usd"]].assign(
        best_days=term[best].astype(int),
        profit_usd=profit[rows, best],
        uniform_usd=profit[:, same],
        gain_usd=profit[rows, best] - profit[:, same],
        loss_share=np.where(term[best] > 0, loss[rows, best], 0.0),
        loss_share_uniform=loss[:, same],
    )
