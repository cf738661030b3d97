"""The published language: what one service tells the others, and nothing else.

Start at :mod:`shared.contracts.catalogue`: it names every stream, its events and who consumes them.
"""
