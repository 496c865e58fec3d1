"""A company's own exports, read into the tables of the contract: one module a source."""
