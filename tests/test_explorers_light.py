"""Light decoders: the same pictures from fewer numbers."""

import torch
from torch import nn

from course_utils.explorers import light_decoder
from course_utils.models import DenseVAE


def weights(decoder: nn.Module) -> int:
    return sum(p.numel() for p in decoder.parameters())


def test_a_decoder_of_low_rank_loses_nothing() -> None:
    torch.manual_seed(0)
    vae = DenseVAE(latent_dim=5, hidden=20)  # 20 hidden features: rank 20 at most
    codes, others = torch.randn(2, 300, 5)
    light = light_decoder(vae.decoder, codes, rank=20)
    assert (light(others) - vae.decode(others).flatten(1)).abs().max() < 1e-4
    assert weights(light) < 1.2 * weights(vae.decoder)


def test_48_directions_carry_most_of_a_decoder() -> None:
    torch.manual_seed(0)
    vae = DenseVAE(latent_dim=2)
    codes = torch.randn(300, 2)
    light = light_decoder(vae.decoder, codes)
    assert (light(codes) - vae.decode(codes).flatten(1)).abs().mean() < 0.02
    assert weights(light) < 0.3 * weights(vae.decoder)
    assert not any(p.requires_grad for p in light.parameters())
