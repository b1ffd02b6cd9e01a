"""Latent spaces to steer, live in a notebook and on the built page."""

from .agent_eyes import AgentEyes
from .attribute_sliders import AttributeSliders
from .face_triangle import FaceTriangle
from .gaussian_kl import GaussianKL
from .image_map import ImageMap
from .interpolation import Interpolation
from .latent_map import LatentMap
from .light import light_decoder
from .live_tsne import LiveTSNE
from .noise_to_digit import NoiseToDigit
from .reparameterization import ReparameterizationExplorer
from .rewire import Rewire
from .rub_out import RubOut
from .style_board import StyleBoard
from .two_decoders import TwoDecoders
from .voice_pad import VoicePad
from .word_map import WordMap

__all__ = [
    "AgentEyes",
    "AttributeSliders",
    "FaceTriangle",
    "GaussianKL",
    "ImageMap",
    "Interpolation",
    "LatentMap",
    "LiveTSNE",
    "NoiseToDigit",
    "ReparameterizationExplorer",
    "Rewire",
    "RubOut",
    "StyleBoard",
    "TwoDecoders",
    "VoicePad",
    "WordMap",
    "light_decoder",
]
