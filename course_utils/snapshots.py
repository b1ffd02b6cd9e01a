"""Copies of a model's weights, to go back to."""

from torch import Tensor, nn


def weights_of(model: nn.Module) -> dict[str, Tensor]:
    """A copy of the model's state dict, where the model is."""
    return {name: value.clone() for name, value in model.state_dict().items()}


class Best:
    """The weights of the epoch with the lowest validation loss, and its age."""

    def __init__(self) -> None:
        self.loss = float("inf")
        self.age = 0  # epochs since then
        self.weights: dict[str, Tensor] | None = None

    def update(self, loss: float, model: nn.Module) -> None:
        """Take note of an epoch."""
        self.age += 1
        if loss < self.loss:
            self.loss, self.age, self.weights = loss, 0, weights_of(model)

    def put_back(self, model: nn.Module) -> None:
        """Give the model its best weights, if there are any."""
        if self.weights is not None:
            model.load_state_dict(self.weights)
