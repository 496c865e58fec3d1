"""A strategy workbook for companies that sell across borders online."""
