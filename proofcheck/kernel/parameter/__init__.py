"""Functions of one parameter q on (0, 1]: exact arithmetic, signs and semidefiniteness."""
