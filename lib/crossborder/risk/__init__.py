"""What can go wrong, how badly, how soon we would know, and what to do."""
