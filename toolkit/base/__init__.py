"""What every floor stands on: states, findings, weeks, tiers, comparisons, parameter slices."""
