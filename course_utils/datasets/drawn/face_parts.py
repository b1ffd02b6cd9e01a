"""How a cartoon face is painted: layer upon layer, from the back to the front.

Places are as on the canvas: x to the right, y downwards, the face about 1.7 wide.
"""

import torch
from torch import Tensor

from ..dataset import Factors
from .canvas import Canvas, ellipse, path, plain

TURN = 0.6  # radians of yaw at the ends
RADIUS = 0.56  # of the head, half its width

SKIN = [(104, 64, 46), (150, 94, 62), (198, 134, 90), (232, 178, 136), (250, 214, 184)]
HAIR = [(34, 28, 36), (76, 44, 30), (168, 72, 34), (232, 186, 96)]
GROUND = [(158, 204, 236), (172, 222, 196), (248, 222, 156), (246, 186, 190)]
SHIRT = [(214, 92, 72), (94, 92, 168), (52, 128, 136), (72, 112, 178)]
INK, WHITE, LIPS, FRAME = (36, 30, 40), (255, 255, 255), (160, 44, 52), (26, 26, 44)


def paint(factors: Factors) -> Tensor:
    """Faces uint8 [n, 32, 32, 3] from factors [n] within their ranges."""
    # One number per face, to meet pixels [n, rows, columns].
    f = {name: value[:, None, None] for name, value in factors.items()}
    skin, hair = path(SKIN, f["skin"]), path(HAIR, f["hair_colour"])
    turn = TURN * f["yaw"]
    canvas = Canvas(path(GROUND, f["background"]))
    long = f["hair_length"]
    _back(canvas, turn, long, hair, skin, path(SHIRT, f["background"]))
    _head(canvas, turn, skin)
    _beard(canvas, turn, f["beard"], hair)
    _hair(canvas, turn, long, hair)
    _eyes(canvas, turn, f["eyes"], hair, skin)
    _nose(canvas, turn, skin)
    _mouth(canvas, turn, f["smile"], skin)
    _glasses(canvas, turn, f["glasses"])
    return canvas.pixels()


def _egg(canvas: Canvas, turn: Tensor, grow: float = 0.0) -> Tensor:
    """Distance to the head: narrower at the chin, which points where the face looks."""
    y = canvas.y - 0.04
    x = (canvas.x - 0.1 * turn.sin() * y) / (1 - 0.13 * y)
    return ellipse(x, y, RADIUS + grow, 0.68 + grow)


def _back(
    canvas: Canvas,
    turn: Tensor,
    long: Tensor,
    hair: Tensor,
    skin: Tensor,
    shirt: Tensor,
) -> None:
    """What is behind the head: hair, neck, shirt."""
    x, y = canvas.x, canvas.y
    # Hair falls between two ellipses' sides, down to its length.
    middle = -0.12 * turn.sin()
    end = 0.1 + 0.8 * long
    aside = (x - middle).abs() - 0.45 - 0.06 * long
    below = torch.maximum(y - end, -0.1 - y) + 0.15
    corner = (aside.clamp(min=0) ** 2 + below.clamp(min=0) ** 2).sqrt()
    fall = corner + torch.maximum(aside, below).clamp(max=0)
    canvas.fill(fall - 0.2, 0.82 * hair, ((long - 0.1) / 0.2).clamp(0, 1))
    low = canvas.rows(0.4, 1)
    neck = torch.maximum(low.x.abs() - 0.2, 0.3 - low.y) - 0.03
    low.fill(neck.expand(len(turn), -1, -1), 0.82 * skin)
    low.fill(ellipse(low.x, low.y - 1.2, 0.86, 0.48)[None], shirt)
    low.fill(ellipse(low.x, low.y - 0.76, 0.22, 0.12)[None], 0.82 * skin)


def _head(canvas: Canvas, turn: Tensor, skin: Tensor) -> None:
    part = canvas.rows(-0.2, 0.4)
    for side in (-1, 1):
        part.fill(_ear(part, turn, side), 0.9 * skin)
    canvas.fill(_egg(canvas, turn), skin)
    for side in (-1, 1):  # the ear on the side that we see comes before the head
        near = (-side * turn.sin() / 0.2).clamp(0, 1)
        ear = _ear(part, turn, side)
        part.fill(ear, 0.88 * skin, near)
        part.fill(ear + 0.06, 0.72 * skin, near)


def _ear(canvas: Canvas, turn: Tensor, side: int) -> Tensor:
    x = canvas.x - side * 0.58 * turn.cos()
    return ellipse(x, canvas.y - 0.1, 0.09 + 0.05 * turn.sin().abs(), 0.15)


def _beard(canvas: Canvas, turn: Tensor, beard: Tensor, hair: Tensor) -> None:
    part = canvas.rows(0, 0.9)
    x = part.x - 0.5 * turn.sin()
    edge = 0.3 - 0.55 * x**2  # of the cheeks
    shape = torch.maximum(_egg(part, turn, 0.05), edge - part.y)
    part.shade(shape - 0.04, beard)  # beards of the skin's colour have an edge too
    part.fill(shape, 0.72 * hair, beard)


def _hair(canvas: Canvas, turn: Tensor, long: Tensor, hair: Tensor) -> None:
    """The cap of hair round the face, falling at the sides if it is long."""
    x, y = canvas.x, canvas.y
    opening = ellipse(x - 0.34 * turn.sin(), y - 0.2, 0.5, 0.68)
    skull = ellipse(x + 0.1 * turn.sin(), y + 0.06, RADIUS + 0.1, 0.74)
    beyond = (x - 0.2 * turn.sin()).abs() - 0.5
    end = -0.12 + 0.4 * beyond.clamp(min=0) + 1.3 * (long - 0.12).clamp(min=0)
    sides = torch.maximum((x + 0.1 * turn.sin()).abs() - RADIUS - 0.09, -0.06 - y)
    cap = torch.minimum(skull, sides)
    shape = torch.maximum(torch.maximum(cap, -opening), y - end)
    high = canvas.rows(-1, 0.5)  # its shadow on the face
    high.shade(torch.maximum(_egg(high, turn), (shape - 0.05)[:, : len(high.y)]))
    canvas.fill(shape, hair)


def _place(turn: Tensor, angle: float, radius: float) -> tuple[Tensor, Tensor]:
    """Where a point on the turned head is seen (x), and how narrow things are there."""
    return radius * (turn + angle).sin(), (turn + angle).cos()


def _eyes(
    canvas: Canvas, turn: Tensor, open_: Tensor, hair: Tensor, skin: Tensor
) -> None:
    part = canvas.rows(-0.42, 0.26)
    high = 0.03 + 0.13 * open_
    head = _egg(part, turn)
    for side in (-1, 1):
        middle, narrow = _place(turn, 0.42 * side, RADIUS)
        x, y = (part.x - middle) / narrow, part.y - 0.02
        white = torch.maximum(ellipse(x, y, 0.155, high) * narrow, head + 0.03)
        rim = torch.maximum(ellipse(x, y, 0.185, high + 0.03) * narrow, head)
        part.fill(rim, 0.7 * skin)
        part.fill(white, plain(WHITE))
        pupil = ellipse(x - 0.06 * turn.sin(), y - 0.01, 0.085, 0.095) * narrow
        part.fill(torch.maximum(pupil, white), plain(INK))
        glint = ellipse(x - 0.06 * turn.sin() + 0.03, y + 0.035, 0.03, 0.03) * narrow
        part.fill(torch.maximum(glint, white), plain(WHITE))
        brow = (y + 0.27 + 0.06 * open_ + 1.2 * x**2).abs() - 0.035
        brow = torch.maximum(brow, (x.abs() - 0.17) * narrow)
        part.fill(brow, 0.7 * hair)


def _nose(canvas: Canvas, turn: Tensor, skin: Tensor) -> None:
    part = canvas.rows(-0.05, 0.42)
    middle, _ = _place(turn, 0, 0.68)
    nose = ellipse(part.x - middle, part.y - 0.2, 0.09, 0.085)
    part.fill(ellipse(part.x - middle, part.y - 0.23, 0.1, 0.085), 0.66 * skin)
    part.fill(nose, 0.5 * skin + 0.5 * (0.9 * skin + 25))


def _mouth(canvas: Canvas, turn: Tensor, smile: Tensor, skin: Tensor) -> None:
    part = canvas.rows(0.2, 0.76)
    middle, narrow = _place(turn, 0, 0.5)
    half = (0.2 + 0.06 * smile.abs()) * narrow
    u = (part.x - middle) / half
    bow = 0.2 * smile
    upper = 0.45 - bow * (u**2 - 0.5)
    lower = upper + 0.2 * (smile - 0.1).clamp(min=0) * (1 - u**2)
    outside = (u.abs() - 1) * half
    y = part.y
    slope = (1 + (2 * bow * u / half) ** 2).sqrt()
    teeth = torch.maximum(torch.maximum(upper - y, y - lower), outside)
    lips = torch.maximum(torch.maximum(upper - y, y - lower) / slope - 0.035, outside)
    part.fill(lips, plain(LIPS))
    part.fill(teeth, plain(WHITE))


def _glasses(canvas: Canvas, turn: Tensor, glasses: Tensor) -> None:
    part = canvas.rows(-0.3, 0.34)
    frame, lens = plain(FRAME), plain((224, 240, 255))
    y = part.y - 0.02
    inner = []
    for side in (-1, 1):
        middle, narrow = _place(turn, 0.42 * side, RADIUS + 0.03)
        ring = ellipse(part.x - middle, y, 0.215 * narrow, 0.215)
        part.fill(ring, lens, 0.3 * glasses)
        part.fill(ring.abs() - 0.035, frame, glasses)
        edge = middle + side * 0.2 * narrow
        ear = side * 0.6 * turn.cos()
        arm = torch.maximum(
            (y + 0.03).abs() - 0.035,
            (part.x - (edge + ear) / 2).abs() - (ear - edge) * side / 2,
        )
        part.fill(arm, frame, glasses)
        inner.append(middle - side * 0.2 * narrow)
    middle, half = (inner[0] + inner[1]) / 2, (inner[1] - inner[0]) / 2
    bridge = torch.maximum((y + 0.03).abs() - 0.035, (part.x - middle).abs() - half)
    part.fill(bridge, frame, glasses)
