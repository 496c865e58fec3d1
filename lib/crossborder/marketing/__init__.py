"""Which marketing really sells, where the next dollar goes, what a customer is worth."""
