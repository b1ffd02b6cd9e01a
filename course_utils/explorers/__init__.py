"""Latent spaces to steer, live in a notebook and on the built page."""

from .latent_map import LatentMap
from .word_map import WordMap

__all__ = ["LatentMap", "WordMap"]
