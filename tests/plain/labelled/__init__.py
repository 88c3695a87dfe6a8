"""The labelled set of payments, and the comparison of books with its labels.

The tests keep the set well-formed, `dev/bench recognition` measures with it: see
README.md here.
"""
