"""Obligations: statements about real numbers, vectors and functions, and identities that prove them.

A claim of format proofcheck-obligation/1 says: for all real scalars, vectors of real Hilbert spaces and
functions that satisfy the hypotheses, a relation holds. Its certificate is an identity between polynomials
(`positivity`) or an exact model that breaks the claim (`counterexample`). In several variables the kernel
checks the given identity, it decides nothing.
"""
