"""Widgets: a model (state, no widgets) and a view (widgets, no rules) each; the same in JupyterLab and Voila."""
