"""Adam, and Adam along a layer's own axes: ``fit(optimizer="turned adam")``.

The loss is a bowl, long in some directions and narrow in others. Adam gives each weight
steps of its own size, and so suits bowls whose axes are the weights' own. A layer's are
not: its inputs vary together, and moving one weight moves what the others do. Along the
principal components of its inputs they do not vary together. So the weights are written
in these axes, Adam steps there, and the result is turned back. (SOAP, Vyas et al. 2024,
finds its axes in the gradients instead.)
"""

from collections.abc import Callable

import torch
from torch import Tensor, nn

from .. import distributed

WIDEST = 512  # inputs: finding their axes costs the cube of their number
TURN_EVERY = 20  # steps; and early, when the inputs change fastest
TURN_EARLY = (2, 4, 8)


def adam(
    model: nn.Module, lr: float, betas: tuple[float, float]
) -> torch.optim.Optimizer:
    """Adam for a model's weights, in one kernel where the device has such."""
    return torch.optim.Adam(model.parameters(), lr, betas, fused=_has_kernel(model))


class TurnedAdam(torch.optim.Adam):
    """Adam that sees a model's wide linear layers in their inputs' components.

    It turns layers of 17 to 512 inputs with at least as many outputs: with fewer, as
    in an encoder's last layer, training was seen to go to not-a-number. All other
    weights are Adam's as usual. ``close`` it after the last step.
    """

    def __init__(self, model: nn.Module, lr: float, betas: tuple[float, float]) -> None:
        self.taken = 0
        self.turned: dict[nn.Linear, Turned] = {}
        others: dict[Tensor, None] = dict.fromkeys(model.parameters())
        for layer in model.modules():
            if isinstance(layer, nn.Linear) and layer.weight in others:
                outputs, inputs = layer.weight.shape
                if layer.weight.requires_grad and 16 < inputs <= min(outputs, WIDEST):
                    others.pop(layer.weight)
                    self.turned[layer] = Turned(layer)
        own = [turned.weight for turned in self.turned.values()]
        super().__init__([*others, *own], lr, betas, fused=_has_kernel(model))

    @torch.no_grad()
    def step(self) -> None:  # type: ignore[override]
        """One step of Adam, along each layer's axes."""
        if self.taken % TURN_EVERY == 0 or self.taken in TURN_EARLY:
            for turned in self.turned.values():
                # Adam's mean gradient turns along. Its squares cannot: they adapt.
                turned.turn(self.state[turned.weight].get("exp_avg"))
        self.taken += 1
        for layer, turned in self.turned.items():
            if layer.weight.grad is not None:
                turned.weight.grad = layer.weight.grad @ turned.axes
        super().step()
        for layer, turned in self.turned.items():
            layer.weight.copy_(turned.weight @ turned.axes.T)

    # torch would wrap it at first use, and a class that changes is new to the store
    step.hooked = True  # type: ignore[attr-defined]

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Forget the gradients, of the layers' weights too."""
        super().zero_grad(set_to_none)
        for layer in self.turned:
            layer.weight.grad = None

    def close(self) -> None:
        """Stop watching the layers."""
        for turned in self.turned.values():
            turned.hook.remove()


class Turned:
    """A layer's weights [out, in], written in axes [in, in] (one a column)."""

    def __init__(self, layer: nn.Linear) -> None:
        self.weight = nn.Parameter(layer.weight.detach().clone())
        self.axes = torch.eye(layer.in_features, device=layer.weight.device)
        self.inputs: Tensor | None = None
        self.hook = layer.register_forward_pre_hook(self._see)

    def turn(self, mean_gradient: Tensor | None) -> None:
        """Take the principal components of the last batch's inputs as axes."""
        if self.inputs is None:
            return
        rows = self.inputs.flatten(0, -2).float()
        products = distributed.sum_over_processes(rows.T @ rows)
        if not products.isfinite().all():
            return  # the loss will tell
        # float32 may fail on units that are always 0, and Apple GPUs have no float64
        axes = torch.linalg.eigh(products.cpu().double())[1].float().to(rows.device)
        change = self.axes.T @ axes
        for moved in (self.weight, mean_gradient):
            if moved is not None:
                moved.copy_(moved @ change)
        self.axes = axes

    def _see(self, layer: nn.Module, inputs: tuple[Tensor, ...]) -> None:
        if layer.training:
            self.inputs = inputs[0].detach()


def _has_kernel(model: nn.Module) -> bool:
    return next(model.parameters()).device.type in ("cpu", "cuda", "mps", "xpu")


Make = Callable[[nn.Module, float, tuple[float, float]], torch.optim.Optimizer]
#: What ``fit(optimizer=…)`` knows.
OPTIMIZERS: dict[str, Make] = {"adam": adam, "turned adam": TurnedAdam}
