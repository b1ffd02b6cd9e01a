"""What a training step needs: batches on the device, and a loss as one module."""

import copy
from collections.abc import Callable

import torch
from torch import Tensor, nn

from .. import distributed
from ..objectives import Objective, Parts
from ..runtime import best_precision

Data = Tensor | tuple[Tensor, Tensor]


class Batches:
    """Images, and labels if there are any, that stay on the device.

    Images are uint8 [N, H, W] (or [N, H, W, 3]), or floats in [0, 1]. ``what`` is
    their name in complaints.

    Raises
    ------
    ValueError
        If images or labels are not what they should be.
    """

    def __init__(self, data: Data, device: torch.device, what: str = "data") -> None:
        images, labels = _check(data, what)
        self.images = images.to(device)
        self.labels = None if labels is None else labels.to(device)

    def __len__(self) -> int:
        return len(self.images)

    @property
    def device(self) -> torch.device:
        """Where the images are."""
        return self.images.device

    def __getitem__(self, indices: Tensor) -> tuple[Tensor, Tensor | None]:
        """Floats in [0, 1] and labels of the images at these places."""
        images = self.images.index_select(0, indices)
        if images.dtype == torch.uint8:
            images = images.to(torch.float32).div_(255)
        labels = None if self.labels is None else self.labels.index_select(0, indices)
        return images, labels


class TrainingStep(nn.Module):
    """Model and objective as one module.

    ``torch.compile`` and ``DistributedDataParallel`` see only what happens within
    ``forward``; an objective may call ``model.encode`` or anything else.
    """

    def __init__(self, model: nn.Module, objective: Objective, precision: str) -> None:
        super().__init__()
        self.model, self.objective = model, objective
        self.precision = precision

    def forward(self, images: Tensor, labels: Tensor | None) -> Parts:
        """The objective's parts, nats per image."""
        if self.precision == "float32":
            return self.objective(self.model, images, labels)
        with torch.autocast(images.device.type, torch.bfloat16):
            return self.objective(self.model, images, labels)


def try_step(step: TrainingStep, batches: Batches) -> list[str]:
    """Run the objective on two images, to explain at once what would fail later.

    Returns
    -------
    the names of the objective's parts, "loss" among them

    Raises
    ------
    ValueError
        If the model cannot take the images, or the objective gives no loss.
    """
    if not any(p.requires_grad for p in step.parameters()):
        raise ValueError("The model has no weights to train.")
    step.eval()
    images, labels = batches[torch.zeros(2, dtype=torch.int64, device=batches.device)]
    try:
        parts = step(images, labels)
    except RuntimeError as error:
        shape = list(images.shape[1:])
        raise ValueError(
            f"The model or the objective cannot take images of shape {shape}: {error}"
        ) from error
    loss = parts.get("loss") if isinstance(parts, dict) else None
    if not isinstance(loss, Tensor) or loss.dim() > 0 or not loss.requires_grad:
        raise ValueError(
            "The objective must return a dictionary whose 'loss' is one number (a 0-d "
            "tensor) computed from the model's weights."
        )
    return list(parts)


def compiled(
    step: nn.Module, batches: Batches, batch_size: int, mode: str | None
) -> Callable[..., Parts]:
    """The step compiled for full batches; as it is, and a word why, if that fails.

    Compiling happens on the first run, forward and backward, so here is one. Its
    gradients and its traces in buffers (batch statistics) are removed.
    """
    fast: Callable[..., Parts] = torch.compile(step, dynamic=False, mode=mode)
    before = copy.deepcopy(dict(step.named_buffers()))
    indices = torch.arange(batch_size, device=batches.device) % len(batches)
    step.train()
    try:
        fast(*batches[distributed.share(indices)[0]])["loss"].backward()
    except Exception as error:  # whatever it is, eager still works
        distributed.say(
            f"torch.compile does not work here ({first_line(error)}), so training runs "
            "without it."
        )
        fast = step
    step.zero_grad()
    for name, buffer in step.named_buffers():
        buffer.copy_(before[name])
    return fast


def fast_precision(model: nn.Module, device: torch.device) -> str:
    """What this model trains fastest in; on a CPU, bfloat16 slows convolutions down."""
    convolutions = (nn.Conv1d, nn.Conv2d, nn.Conv3d, nn.ConvTranspose2d)
    has_them = any(isinstance(layer, convolutions) for layer in model.modules())
    if device.type == "cpu" and has_them:
        return "float32"
    return best_precision(device)


def is_out_of_memory(error: BaseException) -> bool:
    """Whether an accelerator or the CPU had no room for a tensor."""
    return isinstance(error, torch.OutOfMemoryError | MemoryError) or (
        isinstance(error, RuntimeError) and "can't allocate memory" in str(error)
    )


def first_line(error: BaseException) -> str:
    """What an error says, without the pages that may follow."""
    return f"{type(error).__name__}: {error}".splitlines()[0]


def _check(data: Data, what: str) -> tuple[Tensor, Tensor | None]:
    """Images and labels, if that is what the data are."""
    pair = isinstance(data, tuple | list) and len(data) == 2
    images, labels = data if pair else (data, None)
    if not isinstance(images, Tensor):
        raise ValueError(
            f"The {what} must be an image tensor or (images, labels), not a "
            f"{type(images).__name__}: try dataset.train_images."
        )
    if images.dim() < 2 or images.numel() == 0:
        raise ValueError(
            f"The {what} must be images [N, height, width], not {list(images.shape)}."
        )
    if images.is_floating_point():
        low, high = images.aminmax()
        if not (low >= 0 and high <= 1):
            raise ValueError(
                f"The {what} are floats from {low:.3g} to {high:.3g}: pass uint8, or "
                "floats in [0, 1]."
            )
    elif images.dtype != torch.uint8:
        raise ValueError(f"The {what} are {images.dtype}: pass uint8 images.")
    if labels is not None and (
        not isinstance(labels, Tensor) or len(labels) != len(images)
    ):
        count = len(labels) if hasattr(labels, "__len__") else "no"
        raise ValueError(
            f"The {what} hold {len(images)} images and {count} labels: pass a label "
            "tensor with one per image."
        )
    return images, labels
