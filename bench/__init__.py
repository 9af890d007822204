"""Measures, as ratios with both sides in one run. `make bench` prints a table and writes bench/results/."""
