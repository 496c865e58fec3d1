"""The group's three statements, one line a function, on top of the segments.

Interest is on opening balances, so nothing is circular. Cash is what the flows leave, never a plug; `balance_gap`,
`cash_gap` and `segment_gap` are zero in every month on every path, or something is wrong.
Signs: revenues, costs, assets and debts are positive; a cost line is subtracted where it is used. Amounts in USD.
"""

from functools import cache

from crossborder.finance.lines import Lines, Model, Term, largest, positive, previous, smallest, total
from crossborder.finance.segments import SEGMENT_INPUTS, SEGMENT_LINES

__all__ = ["CHECKS", "GROUP_INPUTS", "STATEMENTS", "plan_model"]

CHECKS = ("balance_gap", "cash_gap", "segment_gap")

STATEMENTS = {
    "income": (
        "revenue",
        "cost_of_goods",
        "gross_profit",
        "selling_cost",
        "advertising_total",
        "contribution_total",
        "payroll",
        "overheads",
        "ebitda",
        "depreciation",
        "ebit",
        "interest_paid",
        "interest_received",
        "profit_before_tax",
        "tax_expense",
        "net_income",
    ),
    "balance": (
        "cash",
        "receivables",
        "inventory",
        "fixed_assets",
        "assets",
        "payables",
        "tax_payable",
        "loan",
        "share_capital",
        "retained_earnings",
        "liabilities_and_equity",
    ),
    "cash flow": (
        "cash_from_operations",
        "capital_spending",
        "loan_drawn",
        "loan_repaid",
        "equity_raised",
        "change_in_cash",
    ),
}


GROUP_INPUTS = {
    "payroll": ("USD", "wages and social cost of the month"),
    "overheads": ("USD", "rent, software, audit and other fixed cost of the month"),
    "receivable_months": ("months", "sales that platforms and customers still owe"),
    "goods_rate_share": (
        "fraction",
        "how much of a month's cost of goods enters the rate that stock and payables follow",
    ),
    "inventory_months": ("months", "of the rate of goods, held in stock and under way"),
    "payable_months": ("months", "of the rate of goods, not yet paid"),
    "capital_spending": ("USD", "equipment and software bought"),
    "depreciation_rate": ("fraction a month", "of the opening fixed assets"),
    "loan_drawn": ("USD", "borrowed in the month"),
    "loan_repaid": ("USD", "repaid in the month"),
    "loan_rate": ("fraction a month", "interest on the opening loan"),
    "deposit_rate": ("fraction a month", "interest on opening cash above zero"),
    "equity_raised": ("USD", "new equity paid in"),
    "tax_rate": ("fraction", "tax on profit after losses carried forward"),
    "cash_opening": ("USD", "cash before the first month"),
    "goods_rate_opening": ("USD", "rate of goods before the first month, USD a month"),
    "receivables_opening": ("USD", "receivables before the first month"),
    "inventory_opening": ("USD", "stock before the first month, at cost"),
    "fixed_assets_opening": ("USD", "fixed assets before the first month"),
    "payables_opening": ("USD", "payables before the first month"),
    "tax_payable_opening": ("USD", "tax owed before the first month"),
    "losses_opening": ("USD", "losses carried forward before the first month"),
    "loan_opening": ("USD", "loan before the first month"),
    "share_capital_opening": ("USD", "equity paid in before the first month"),
    "retained_earnings_opening": ("USD", "earnings kept before the first month"),
}


GROUP_LINES = Lines()


@cache
def plan_model() -> Model:
    """The registry of the plan's lines; months are periods, amounts USD."""
    model = Model()
    for name, (unit, note) in SEGMENT_INPUTS.items():
        model.input(name, unit, note)
    for name, (unit, note) in GROUP_INPUTS.items():
        model.input(name, unit, note, level="group")
    SEGMENT_LINES.register(model)
    GROUP_LINES.register(model)
    return model


income = GROUP_LINES.block("income", level="group")


@income("USD")
def revenue(net_sales: Term) -> Term:
    """Net sales of all segments."""
    return total(net_sales)


@income("USD")
def cost_of_goods(product_cost: Term, freight_cost: Term, duty_cost: Term) -> Term:
    """Product, freight and duty of all segments."""
    return total(product_cost) + total(freight_cost) + total(duty_cost)


@income("USD")
def gross_profit(revenue: Term, cost_of_goods: Term) -> Term:
    """Revenue less cost of goods."""
    return revenue - cost_of_goods


@income("USD")
def selling_cost(
    platform_fees: Term, fulfilment_cost: Term, returns_cost: Term, service_cost: Term, compliance_cost: Term
) -> Term:
    """Fees, fulfilment, returns, service, compliance."""
    selling = total(platform_fees) + total(fulfilment_cost) + total(returns_cost)
    return selling + total(service_cost) + total(compliance_cost)


@income("USD")
def advertising_total(advertising: Term) -> Term:
    """Advertising of all segments."""
    return total(advertising)


@income("USD")
def contribution_total(gross_profit: Term, selling_cost: Term, advertising_total: Term) -> Term:
    """Gross profit less selling cost and advertising."""
    return gross_profit - selling_cost - advertising_total


@income("USD")
def ebitda(contribution_total: Term, payroll: Term, overheads: Term) -> Term:
    """Profit before interest, tax and depreciation."""
    return contribution_total - payroll - overheads


@income("USD")
def depreciation(fixed_assets: Term, depreciation_rate: Term) -> Term:
    """Share of the opening fixed assets."""
    return previous(fixed_assets) * depreciation_rate


@income("USD")
def ebit(ebitda: Term, depreciation: Term) -> Term:
    """Profit before interest and tax."""
    return ebitda - depreciation


@income("USD")
def interest_paid(loan: Term, loan_rate: Term) -> Term:
    """On the opening loan."""
    return previous(loan) * loan_rate


@income("USD")
def interest_received(cash: Term, deposit_rate: Term) -> Term:
    """On opening cash above zero."""
    return largest(previous(cash), 0) * deposit_rate


@income("USD")
def profit_before_tax(ebit: Term, interest_paid: Term, interest_received: Term) -> Term:
    """Profit before tax."""
    return ebit - interest_paid + interest_received


@income("USD")
def losses_used(losses: Term, profit_before_tax: Term) -> Term:
    """Earlier losses set against this month's profit."""
    return smallest(previous(losses), positive(profit_before_tax))


@income("USD", opening="losses_opening")
def losses(losses: Term, losses_used: Term, profit_before_tax: Term) -> Term:
    """Losses carried forward."""
    return previous(losses) - losses_used + positive(-profit_before_tax)


@income("USD")
def tax_expense(profit_before_tax: Term, losses_used: Term, tax_rate: Term) -> Term:
    """Tax on profit after earlier losses."""
    return (positive(profit_before_tax) - losses_used) * tax_rate


@income("USD")
def net_income(profit_before_tax: Term, tax_expense: Term) -> Term:
    """Profit after tax."""
    return profit_before_tax - tax_expense


working_capital = GROUP_LINES.block("working capital", level="group")


@working_capital("USD", opening="receivables_opening")
def receivables(revenue: Term, receivable_months: Term) -> Term:
    """Sales not yet received."""
    return revenue * receivable_months


@working_capital("USD", opening="goods_rate_opening")
def goods_rate(goods_rate: Term, cost_of_goods: Term, goods_rate_share: Term) -> Term:
    """Slow mean of the cost of goods a month: stock is bought before the season, so it does not follow one month."""
    return previous(goods_rate) * (1 - goods_rate_share) + cost_of_goods * goods_rate_share


@working_capital("USD", opening="inventory_opening")
def inventory(goods_rate: Term, inventory_months: Term) -> Term:
    """Stock at cost."""
    return goods_rate * inventory_months


@working_capital("USD")
def purchases(cost_of_goods: Term, inventory: Term) -> Term:
    """Cost of goods and the change of stock."""
    return cost_of_goods + inventory - previous(inventory)


@working_capital("USD", opening="payables_opening")
def payables(goods_rate: Term, payable_months: Term) -> Term:
    """Purchases not yet paid."""
    return goods_rate * payable_months


balances = GROUP_LINES.block("balances", level="group")


@balances("USD", opening="fixed_assets_opening")
def fixed_assets(fixed_assets: Term, capital_spending: Term, depreciation: Term) -> Term:
    """Opening + spending - depreciation."""
    return previous(fixed_assets) + capital_spending - depreciation


@balances("USD", opening="tax_payable_opening")
def tax_payable(tax_payable: Term, tax_expense: Term, tax_paid: Term) -> Term:
    """Opening + tax of the month - tax paid."""
    return previous(tax_payable) + tax_expense - tax_paid


@balances("USD")
def tax_paid(tax_payable: Term) -> Term:
    """What was owed at the start of the month."""
    return previous(tax_payable)


@balances("USD", opening="loan_opening")
def loan(loan: Term, loan_drawn: Term, loan_repaid: Term) -> Term:
    """Opening + drawn - repaid."""
    return previous(loan) + loan_drawn - loan_repaid


@balances("USD", opening="share_capital_opening")
def share_capital(share_capital: Term, equity_raised: Term) -> Term:
    """Opening + raised."""
    return previous(share_capital) + equity_raised


@balances("USD", opening="retained_earnings_opening")
def retained_earnings(retained_earnings: Term, net_income: Term) -> Term:
    """Opening + net income."""
    return previous(retained_earnings) + net_income


cash_flow = GROUP_LINES.block("cash flow", level="group")


@cash_flow("USD")
def received_from_sales(revenue: Term, receivables: Term) -> Term:
    """Sales less what is still owed."""
    return revenue - receivables + previous(receivables)


@cash_flow("USD")
def paid_to_suppliers(purchases: Term, payables: Term) -> Term:
    """Purchases less what we still owe."""
    return purchases - payables + previous(payables)


@cash_flow("USD")
def cash_from_operations(
    received_from_sales: Term,
    paid_to_suppliers: Term,
    selling_cost: Term,
    advertising_total: Term,
    payroll: Term,
    overheads: Term,
    tax_paid: Term,
    interest_paid: Term,
    interest_received: Term,
) -> Term:
    """Received less paid in running the business."""
    running = selling_cost + advertising_total + payroll + overheads
    return received_from_sales - paid_to_suppliers - running - tax_paid - interest_paid + interest_received


@cash_flow("USD")
def change_in_cash(
    cash_from_operations: Term, capital_spending: Term, loan_drawn: Term, loan_repaid: Term, equity_raised: Term
) -> Term:
    """Operations, investment and finance together."""
    return cash_from_operations - capital_spending + loan_drawn - loan_repaid + equity_raised


@cash_flow("USD", opening="cash_opening")
def cash(cash: Term, change_in_cash: Term) -> Term:
    """Opening + change."""
    return previous(cash) + change_in_cash


checks = GROUP_LINES.block("checks", level="group")


@checks("USD")
def assets(cash: Term, receivables: Term, inventory: Term, fixed_assets: Term) -> Term:
    """Cash, receivables, stock and fixed assets."""
    return cash + receivables + inventory + fixed_assets


@checks("USD")
def liabilities_and_equity(
    payables: Term, tax_payable: Term, loan: Term, share_capital: Term, retained_earnings: Term
) -> Term:
    """Payables, tax owed, loan and equity."""
    return payables + tax_payable + loan + share_capital + retained_earnings


@checks("USD")
def balance_gap(assets: Term, liabilities_and_equity: Term) -> Term:
    """Assets less liabilities and equity; zero."""
    return assets - liabilities_and_equity


@checks("USD")
def cash_gap(
    cash: Term,
    net_income: Term,
    depreciation: Term,
    receivables: Term,
    inventory: Term,
    payables: Term,
    tax_payable: Term,
    capital_spending: Term,
    loan_drawn: Term,
    loan_repaid: Term,
    equity_raised: Term,
) -> Term:
    """Direct less indirect cash flow; zero."""
    tied_up = receivables - previous(receivables) + (inventory - previous(inventory))
    owed = payables - previous(payables) + (tax_payable - previous(tax_payable))
    financed = loan_drawn - loan_repaid + equity_raised
    return cash - previous(cash) - (net_income + depreciation - tied_up + owed - capital_spending + financed)


@checks("USD")
def segment_gap(contribution: Term, contribution_total: Term) -> Term:
    """Segments' contributions less the group's; zero."""
    return total(contribution) - contribution_total
