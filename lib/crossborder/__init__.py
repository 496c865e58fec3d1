"""A strategy workbook for companies that sell across borders online."""

__all__ = ["show"]


def show() -> object:
    """What is at hand: the tables read, the scenarios, and the parameters of this notebook with what is allowed.

    As the last expression of a cell it shows itself; elsewhere `print(crossborder.show())` does.
    """
    from crossborder.reports.overview import overview

    return overview()
