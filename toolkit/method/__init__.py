"""The rules of the method, one module a rule. A rule never imports another rule."""
