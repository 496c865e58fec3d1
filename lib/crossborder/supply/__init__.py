"""What a unit costs at the customer's door, how it travels, how much to hold, from whom to buy."""
