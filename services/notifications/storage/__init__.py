"""The tables of notifications and what is asked of them."""
