"""What if: scenarios, replay, forward simulation, sensitivity and the price of the rule."""
