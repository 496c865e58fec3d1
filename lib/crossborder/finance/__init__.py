"""Does the plan make money, what is it worth, and when does cash run out."""
