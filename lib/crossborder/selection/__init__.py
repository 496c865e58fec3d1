"""Which products to sell where, with what probability of success."""
