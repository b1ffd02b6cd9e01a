"""What one training step needs: batches on the device, a loss, and room in memory."""

import contextlib
import os
import shutil
from collections.abc import Iterator

import torch
from torch import Tensor, nn
from torch.nn.parallel import DistributedDataParallel

from . import distributed
from .objectives import Objective, Parts

Data = Tensor | tuple[Tensor, Tensor]


class Batches:
    """Images and labels that stay on the device, handed out as batches of indices."""

    def __init__(self, data: Data, device: torch.device, what: str = "data") -> None:
        images, labels = data if isinstance(data, (tuple, list)) else (data, None)
        self.images = images.to(device)
        self.labels = None if labels is None else labels.to(device)

    def __len__(self) -> int:
        return len(self.images)

    def __getitem__(self, indices: Tensor) -> tuple[Tensor, Tensor | None]:
        """Float images in [0, 1] and labels at these places."""
        images = self.images.index_select(0, indices)
        if images.dtype == torch.uint8:
            images = images.float().div_(255)
        labels = None if self.labels is None else self.labels.index_select(0, indices)
        return images, labels

    def split(self, order: Tensor, batch_size: int) -> Iterator[Tensor]:
        """Pieces of ``order``, moved to the device in one go."""
        yield from order.to(self.images.device).split(batch_size)


class TrainingStep(nn.Module):
    """Model and objective as one module, so that wrappers see all that is computed.

    ``DistributedDataParallel`` and ``torch.compile`` only watch ``forward``, while
    an objective is free to call ``model.encode`` or anything else.
    """

    def __init__(self, model: nn.Module, objective: Objective, dtype: str) -> None:
        super().__init__()
        self.model, self.objective, self.dtype = model, objective, dtype

    def forward(self, images: Tensor, labels: Tensor | None) -> Parts:
        """The objective's parts, computed in bfloat16 where that was chosen."""
        bf16 = self.dtype == "bfloat16"
        with torch.autocast(images.device.type, torch.bfloat16, enabled=bf16):
            return self.objective(self.model, images, labels)
