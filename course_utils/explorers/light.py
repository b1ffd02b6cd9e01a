"""Decoders that weigh less, for pages that carry their numbers."""

import torch
from torch import Tensor, nn


@torch.no_grad()
def light_decoder(
    decoder: nn.Sequential,
    codes: Tensor,
    rank: int = 48,
    squash: nn.Module | None = None,
) -> nn.Module:
    """A lighter copy of a decoder: two narrow layers in place of its last linear one.

    The narrow ones keep the ``rank`` principal directions of what the last layer gives
    for ``codes`` [N, D]. For a dense decoder of digits 48 carry nearly all of it.

    Parameters
    ----------
    decoder : codes → pixels before ``squash``, a chain of layers and activations.
    codes : a few hundred, where the copy shall be right.
    squash : what takes the last layer's outputs into [0, 1]; default: a sigmoid.

    Returns
    -------
    codes [B, D] → pixels in [0, 1], flat [B, P], with weights that need no gradient

    Raises
    ------
    ValueError : the decoder's last layer is not linear.
    """
    flat = (nn.Flatten, nn.Unflatten)
    *layers, last = [layer for layer in decoder if not isinstance(layer, flat)]
    if not isinstance(last, nn.Linear):
        raise ValueError(f"The decoder must end in a Linear layer, not in {last}.")
    logits = nn.Sequential(*layers, last)(codes)
    mean = logits.mean(0)
    directions = torch.linalg.svd(logits - mean, full_matrices=False).Vh[:rank]
    narrow = nn.Linear(last.in_features, len(directions))
    narrow.weight.copy_(directions @ last.weight)
    narrow.bias.copy_(directions @ (last.bias - mean))
    wide = nn.Linear(len(directions), last.out_features)
    wide.weight.copy_(directions.T)
    wide.bias.copy_(mean)
    chain = nn.Sequential(*layers, narrow, wide, squash or nn.Sigmoid())
    return chain.requires_grad_(False)
