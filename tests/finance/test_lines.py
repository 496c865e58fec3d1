import pytest
from crossborder.errors import InputError
from crossborder.finance.lines import Model, largest, previous, total


def small_model() -> Model:
    model = Model()
    model.input("orders", "orders", "orders of the month")
    model.input("price", "USD", "price of an order")
    model.input("cash_opening", "USD", "cash before the first month", level="group")

    @model.line("USD", "orders at their price", block="sales")
    def revenue(orders, price):
        return orders * price

    @model.line("USD", "revenue of all segments", block="sales", level="group")
    def group_revenue(revenue):
        return total(revenue)

    @model.line("USD", "a tenth of what was there, never negative", block="cash", level="group")
    def interest(cash):
        return largest(previous(cash) * 0.1, 0)

    @model.line("USD", "opening + received + interest", block="cash", level="group", opening="cash_opening")
    def cash(group_revenue, interest, cash):
        return previous(cash) + group_revenue + interest

    return model


def test_lineage_names_everything_a_line_rests_on_in_order():
    assert small_model().lineage("group_revenue") == ["orders", "price", "revenue", "group_revenue"]
    assert set(small_model().lineage("cash")) == set(small_model().lines)


def test_lines_that_carry_a_balance_through_each_other_stand_together():
    model = small_model()
    groups = {frozenset(group) for group in model.components()}
    assert frozenset({"interest", "cash"}) in groups
    assert frozenset({"revenue"}) in groups
    assert not model.looks_back(["revenue"])


def test_a_circle_within_a_month_is_refused_by_name():
    model = Model()

    @model.line("USD", "a", block="x")
    def first(second):
        return second + 1

    @model.line("USD", "b", block="x")
    def second(first):
        return first + 1

    with pytest.raises(InputError, match=r"need each other in the same month"):
        model.order()


def test_a_line_cannot_branch_on_a_value():
    model = Model()
    with pytest.raises(InputError, match="cannot branch"):

        @model.line("USD", "a", block="x")
        def odd(orders):
            return orders if orders else 0


def test_names_are_unique_and_needs_are_known():
    model = small_model()
    with pytest.raises(InputError, match="a name that no other line has"):
        model.input("orders", "orders", "again")
    model.line("USD", "needs what nobody defined", block="x")(lambda ordres: ordres)
    with pytest.raises(InputError, match="did you mean 'orders'"):
        model.order()


def test_previous_and_total_take_lines_only():
    model = small_model()
    with pytest.raises(InputError, match=r"previous\(\) takes a line"):
        model.line("USD", "x", block="x")(lambda orders: previous(orders + 1))
    with pytest.raises(InputError, match=r"total\(\) takes a line"):
        model.line("USD", "x", block="x")(lambda orders: total(orders + 1))
