"""Typed models of the notebooks' parameters: one module an area, one class a notebook."""
