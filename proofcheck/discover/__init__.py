"""Searching for proofs and counterexamples with floating point. Nothing found here is believed: the kernel decides.

CVXPY and Clarabel are imported in this folder only.
"""
