"""Replays what was recorded of AWS Step Functions and compares every recorded member."""
