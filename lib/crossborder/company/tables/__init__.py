"""The contract of every table of a company: columns, units, meaning, keys, rules."""

from crossborder.company.tables import customers, money, planning, products, sales, supply
from crossborder.company.tables.contract import Column, Table

__all__ = ["TABLES", "Column", "Table"]

TABLES: dict[str, Table] = {
    table.name: table for room in (sales, customers, products, supply, money, planning) for table in room.TABLES
}
