"""proofcheck: exact certificates for convergence theorems of first-order methods."""
