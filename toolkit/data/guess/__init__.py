"""What a foreign file probably means: its sheets as tables, its columns, words, units and days, with the reasons."""
