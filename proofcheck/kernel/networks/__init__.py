"""Networks: one data set, one start, the exact iteration from there, and a theorem that applies to it.

A claim of format proofcheck-network/1 names the bytes of the data and of the weights by their hashes. The kernel
reads them as dyadic rationals, computes the last hidden layer and its Gram matrix in integers, bounds every
constant of the class over the balls, and applies a theorem for all condition numbers that it has checked.
"""
