"""Tables and what is read from and written to them. Every function takes the connection of a transaction."""
