"""A report made visible: pages, charts, workbook, tables. Nothing here judges or computes; it shows."""
