"""Graphs: nodes that have words and a label, and edges between them.

Three kinds. The `modules` of a library that is installed anyway: its imports are the
edges. Graphs `drawn` by the course, whose homophily is a parameter. And graphs that
others made, which `load` finds or fetches.
"""

from .drawing import drawn
from .graph import Graph
from .libraries import modules
from .published import NAMES, load

__all__ = ["NAMES", "Graph", "drawn", "load", "modules"]
