"""Faults on a running installation, the load beside them, and the books that both are held to."""
