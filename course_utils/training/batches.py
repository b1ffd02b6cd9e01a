"""What a training step needs: batches on the device, and a loss as one module."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn

from ..objectives import Objective, Parts
from ..runtime import best_precision

Data = Tensor | tuple[Tensor, Tensor]


class Batches:
    """Images, and labels if there are any, that stay on the device.

    Images are uint8 [N, H, W] (or [N, H, W, 3]), or floats in [0, 1]; labels are whole
    numbers or floats. ``what`` is their name in complaints.

    Raises
    ------
    ValueError
        If images or labels are not what they should be.
    """

    def __init__(self, data: Data, device: torch.device, what: str = "data") -> None:
        images, labels = _check(data, what)  # float32 first: an Apple GPU has no other
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

    ``DistributedDataParallel`` sees only what happens within ``forward``; an objective
    may call ``model.encode`` or anything else.
    """

    def __init__(self, model: nn.Module, objective: Objective, precision: str) -> None:
        super().__init__()
        self.model, self.objective = model, objective
        self.precision = precision

    def forward(self, images: Tensor, labels: Tensor | None) -> Parts:
        """The objective's parts, means over the images."""
        if self.precision == "float32":
            return self.objective(self.model, images, labels)
        with torch.autocast(images.device.type, torch.bfloat16):
            return self.objective(self.model, images, labels)


def try_step(step: TrainingStep, batches: Batches) -> list[str]:
    """Run the objective on two images, to explain at once what would fail later.

    With labels, these are the images of the smallest and of the largest label.

    Returns
    -------
    the names of the objective's parts, "loss" among them

    Raises
    ------
    ValueError
        If the model cannot take the images, or the objective gives no loss.
    """
    step.eval()
    ends = torch.zeros(2, dtype=torch.int64)
    if batches.labels is not None:
        labels = (
            batches.labels.flatten(1)
            if batches.labels.dim() > 1
            else (batches.labels[:, None])
        )
        ends = torch.stack([labels.amin(1).argmin(), labels.amax(1).argmax()])
    with errors_explained(batches):
        parts = step(*batches[ends.to(batches.device)])
        if isinstance(parts, dict):
            for part in parts.values():
                torch.as_tensor(part).isfinite().all().item()  # wait for a GPU's error
    loss = parts.get("loss") if isinstance(parts, dict) else None
    if not isinstance(loss, Tensor) or loss.dim() > 0 or not loss.requires_grad:
        raise ValueError(
            "The objective must return a dictionary whose 'loss' is one number (a 0-d "
            "tensor) computed from the model's weights."
        )
    for name, part in parts.items():
        if not isinstance(part, Tensor) or part.dim() > 0:
            raise ValueError(
                f"The objective's part {name!r} must be one number (a 0-d tensor), as "
                "its 'loss' is."
            )
    return list(parts)


@contextmanager
def errors_explained(batches: Batches) -> Iterator[None]:
    """Say of any error inside which images and labels led to it, as a ValueError."""
    try:
        yield
    except Exception as error:
        labels = batches.labels
        given = "without labels"
        if labels is not None:
            given = f"with labels from {labels.min():g} to {labels.max():g}"
        raise ValueError(
            "The model or the objective cannot take images of shape "
            f"{list(batches.images.shape[1:])} {given}: {first_line(error)}"
        ) from error


def fast_precision(model: nn.Module, device: torch.device) -> str:
    """What this model trains fastest in; on a CPU, bfloat16 slows convolutions down."""
    convolutions = (nn.Conv1d, nn.Conv2d, nn.Conv3d, nn.ConvTranspose2d)
    has_them = any(isinstance(layer, convolutions) for layer in model.modules())
    if device.type == "cpu" and has_them:
        return "float32"
    return best_precision(device)


def is_out_of_memory(error: BaseException) -> bool:
    """Whether an accelerator or the CPU had no room for a tensor.

    PyTorch has a class for CUDA only. On the CPU of Linux ("can't allocate memory") and
    of Windows ("not enough memory") and on Apple GPUs ("out of memory") it is in words.
    """
    words = "can't allocate memory", "not enough memory", "out of memory"
    return isinstance(error, torch.OutOfMemoryError | MemoryError) or (
        isinstance(error, RuntimeError)
        and any(word in str(error).lower() for word in words)
    )


def first_line(error: BaseException) -> str:
    """What an error says, without the pages that may follow."""
    return f"{type(error).__name__}: {error}".splitlines()[0]


def _check(data: Data, what: str) -> tuple[Tensor, Tensor | None]:
    """Images as uint8 or float32, labels as int64 or float32, if that is possible."""
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
        images = images.float()
        low, high = images.aminmax()
        if not (low >= 0 and high <= 1):
            raise ValueError(
                f"The {what} are floats from {low:.3g} to {high:.3g}: pass uint8, or "
                "floats in [0, 1]."
            )
    elif images.dtype != torch.uint8:
        raise ValueError(f"The {what} are {images.dtype}: pass uint8 images.")
    if labels is None:
        return images, None
    if (
        not isinstance(labels, Tensor)
        or labels.dim() == 0
        or len(labels) != len(images)
    ):
        several = hasattr(labels, "__len__") and getattr(labels, "ndim", True)
        count = len(labels) if several else "no"
        raise ValueError(
            f"The {what} hold {len(images)} images and {count} labels: pass a label "
            "tensor with one per image."
        )
    return images, labels.float() if labels.is_floating_point() else labels.long()
