"""How fast it is, as ratios to the bare engine in the same run: `make bench`."""
