"""One module an area: results in, a figure out."""
