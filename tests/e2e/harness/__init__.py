"""Starts Stepwell as a user would and speaks to it through its public wires alone."""
