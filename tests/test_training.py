"""``fit``: what it learns, that it repeats itself, and how it ends when it must."""

import re
from xml.etree import ElementTree

import pytest
import torch
from torch import nn
from toys import ToyAutoencoder, noisy_error, toy_images, weights

from course_utils import runtime
from course_utils.objectives import cross_entropy, elbo_loss, squared_error
from course_utils.training import History, TrainingError, evaluate, fit

IMAGES = toy_images()


@pytest.fixture(autouse=True)
def cpu(monkeypatch, tmp_path):
    monkeypatch.setenv("COURSE_CACHE", str(tmp_path))
    monkeypatch.setenv("COURSE_DEVICE", "cpu")
    runtime.setup()


def run(model=None, objective=squared_error, data=IMAGES, **options):
    model = model or ToyAutoencoder()
    options = {"epochs": 2, "batch_size": 32, "precision": "float32"} | options
    return model, fit(model, objective, data, progress=False, **options)


def test_it_learns_and_reports_nats_per_image():
    model, history = run(epochs=40, lr=0.02)
    first, last = history.rows[0], history.rows[-1]
    assert last["loss"] < 0.2 * first["loss"]
    assert [row["epoch"] for row in history.rows] == list(range(1, 41))
    assert len(history.losses) == 40 * 3
    assert last["images_per_s"] == pytest.approx(96 / last["seconds"])
    assert history.stopped == "finished" and not history.reused
    assert not model.training
    error = (model(IMAGES / 255) - IMAGES / 255).square().flatten(1).sum(1).mean()
    assert evaluate(model, squared_error, IMAGES)["loss"] == pytest.approx(error.item())


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float64])
def test_an_objective_may_end_in_another_precision(dtype):
    def other(model, images, labels):
        parts = squared_error(model, images, labels)
        return {"loss": parts["loss"].to(dtype), "exact": parts["loss"]}

    _, history = run(objective=other)
    parts = history.rows[-1]["parts"]
    assert parts["loss"] == pytest.approx(parts["exact"], rel=0.01)


def test_an_epoch_is_adam_on_shuffled_batches():
    """The same as the loop that a textbook writes."""
    model, history = run(epochs=1, lr=0.01, betas=(0.8, 0.9), batch_size=40)
    twin = ToyAutoencoder()
    adam = torch.optim.Adam(twin.parameters(), 0.01, (0.8, 0.9))
    order = torch.randperm(96, generator=torch.Generator().manual_seed(0))
    sums = 0.0
    for batch in order.split(40):
        images = IMAGES[batch] / 255
        loss = (twin(images) - images).square().sum() / len(batch)
        adam.zero_grad()
        loss.backward()
        adam.step()
        sums += loss.item() * len(batch)
    torch.testing.assert_close(weights(model), weights(twin))
    assert history.rows[0]["loss"] == pytest.approx(sums / 96)


def test_same_seed_same_numbers_whatever_happened_before():
    torch.manual_seed(1)
    first, history = run(objective=noisy_error)
    torch.manual_seed(2)
    second, again = run(objective=noisy_error)
    third, _ = run(objective=noisy_error, seed=5)
    assert torch.equal(weights(first), weights(second))
    assert history.losses == again.losses
    assert not torch.equal(weights(first), weights(third))


def test_the_global_random_state_is_left_alone():
    torch.manual_seed(3)
    expected = torch.rand(3)
    torch.manual_seed(3)
    run(objective=noisy_error, validation=IMAGES)
    assert torch.equal(torch.rand(3), expected)


def classifier(classes=2):
    torch.manual_seed(0)
    return nn.Sequential(nn.Flatten(), nn.Linear(36, classes))


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.half])
def test_floats_of_any_precision_are_taken_too(dtype):
    uint8, _ = run(data=IMAGES // 255 * 255)
    floats, _ = run(data=(IMAGES // 255).to(dtype), validation=(IMAGES // 255).double())
    torch.testing.assert_close(weights(uint8), weights(floats))
    black = torch.zeros(4, 6, 6, dtype=dtype)
    assert evaluate(uint8, squared_error, black) == evaluate(
        uint8, squared_error, black.float()
    )


@pytest.mark.parametrize("dtype", [torch.uint8, torch.int32, torch.bool, torch.int64])
def test_labels_of_any_whole_type_are_taken(dtype):
    labels = torch.arange(96) % 2
    model, history = run(classifier(), cross_entropy, (IMAGES, labels.to(dtype)))
    like, _ = run(classifier(), cross_entropy, (IMAGES, labels))
    assert torch.equal(weights(model), weights(like))
    assert set(history.rows[0]["parts"]) == {"loss", "accuracy"}


def test_nothing_but_float32_and_whole_numbers_reaches_the_device(monkeypatch):
    """An Apple GPU refuses float64, so it must not be moved there first."""
    moved = []
    to = torch.Tensor.to
    monkeypatch.setattr(
        torch.Tensor, "to", lambda x, *a, **k: moved.append(x.dtype) or to(x, *a, **k)
    )
    data = IMAGES.double() / 255, torch.zeros(96, 2, dtype=torch.float64)
    run(data=data, objective=squared_error)
    evaluate(ToyAutoencoder(), squared_error, data)
    assert moved and torch.float64 not in moved


@pytest.mark.parametrize(("place", "label"), [(50, 2), (77, -1)])
def test_a_label_that_the_model_does_not_know_is_said_before_training(place, label):
    """EMNIST counts letters from 1, and the wrong label may be any image's."""
    labels = torch.arange(96) % 2
    labels[place] = label
    model, low, high = classifier(), int(labels.min()), int(labels.max())
    before = weights(model)
    sentence = rf"with labels from {low} to {high}: IndexError: Target {label} is out"
    with pytest.raises(ValueError, match=sentence):
        run(model, cross_entropy, (IMAGES, labels))
    assert torch.equal(weights(model), before) and not model.training
    with pytest.raises(ValueError, match=sentence):
        evaluate(model, cross_entropy, (IMAGES, labels))


def test_a_gradient_left_from_elsewhere_does_not_count():
    plain, _ = run()
    model = ToyAutoencoder()
    squared_error(model, IMAGES / 255, None)["loss"].backward()
    run(model)
    assert torch.equal(weights(model), weights(plain))


def test_evaluate_leaves_the_model_as_and_where_it_was():
    model = ToyAutoencoder().train()
    model.decoder.eval()
    moves = []
    to = model.to
    model.to = lambda device: moves.append(torch.device(device).type) or to(device)
    evaluate(model, squared_error, IMAGES)
    assert model.training and model.encoder.training and not model.decoder.training
    assert moves[0] == runtime.current().device.type and moves[-1] == "cpu"


def test_a_history_is_one_line_and_a_small_curve():
    _, history = run(epochs=30)
    line = repr(history)
    assert re.fullmatch(
        r"History: 30 epochs, 90 steps, loss [\d.]+ → [\d.]+, finished in [\d.]+ s",
        line,
    )
    page = history._repr_html_()
    assert line.replace(">", "&gt;") in page and len(page) < 4000
    picture = ElementTree.fromstring(page[page.index("<svg") :])
    assert picture.get("aria-label").startswith("Curve of the loss, between")
    assert picture.get("stroke") == "currentColor"
    corners = picture.find("polyline").get("points").split()
    heights = [float(corner.split(",")[1]) for corner in corners]
    assert len(corners) == 90 and heights[0] == 0 and max(heights) == 48
    assert "<svg" not in History()._repr_html_()  # nothing to draw, and no error
    assert "loss 1 → −28.8" in repr(History(rows=[{"loss": 1.0}, {"loss": -28.8}]))


def test_schedule_and_warmup_reach_the_optimizer(monkeypatch):
    rates = []
    step = torch.optim.Adam.step
    monkeypatch.setattr(
        torch.optim.Adam,
        "step",
        lambda self: rates.append(self.param_groups[0]["lr"]) or step(self),
    )
    run(epochs=2, lr=1.0, schedule="linear")
    assert rates == pytest.approx([1, 5 / 6, 4 / 6, 3 / 6, 2 / 6, 1 / 6])
    rates.clear()
    run(epochs=2, lr=1.0, schedule="cosine")
    assert rates[:4] == pytest.approx([1, 0.9330, 0.75, 0.5], abs=1e-4)
    rates.clear()
    run(epochs=2, lr=1.0, warmup=3)
    assert rates == pytest.approx([0.25, 0.5, 0.75, 1, 1, 1])


def test_callbacks_see_each_step_and_disturb_nothing():
    seen = []

    def look(model, step, epoch):
        seen.append((step, epoch, model.training, torch.is_grad_enabled()))
        torch.rand(7)

    plain, _ = run(objective=noisy_error)
    watched, _ = run(objective=noisy_error, callbacks=[look])
    assert [(s, e) for s, e, *_ in seen] == [
        (0, 0), (1, 1), (2, 1), (3, 1), (4, 2), (5, 2), (6, 2)
    ]  # fmt: skip
    assert not any(training or grad for *_, training, grad in seen)
    assert torch.equal(weights(plain), weights(watched))


def test_ctrl_c_keeps_what_was_learned(capsys):
    def interrupt(model, step, epoch):
        if step == 5:
            raise KeyboardInterrupt

    start = weights(ToyAutoencoder())
    model, history = run(callbacks=[interrupt], keep_as="toy", epochs=9)
    assert history.stopped == "interrupted"
    assert len(history.rows) == 1 and len(history.losses) == 5
    assert not torch.equal(weights(model), start) and not model.training
    assert "Interrupted in epoch 2 of 9" in capsys.readouterr().out
    _, again = run(keep_as="toy", epochs=9)
    assert not again.reused


@pytest.mark.parametrize("bad", [float("nan"), float("inf")])
def test_a_loss_that_is_no_number_names_the_step_and_restores_the_weights(bad):
    steps, after_epoch_2 = [], []

    def explode(model, images, labels):
        parts = squared_error(model, images, labels)
        steps.append(0)
        # The first call is the trial before training, so this is step 8, in epoch 3.
        return {"loss": parts["loss"] * (bad if len(steps) == 9 else 1)}

    def keep(model, step, epoch):
        if step == 6:
            after_epoch_2.append(weights(model))

    model = ToyAutoencoder()
    message = rf"loss is {bad} at step 8 \(epoch 3, learning rate 0\.03\).*lr=0\.01"
    with pytest.raises(TrainingError, match=message):
        run(model, explode, epochs=9, lr=0.03, callbacks=[keep])
    assert torch.equal(weights(model), after_epoch_2[0])
    assert not model.training


def test_weights_broken_by_the_last_step_of_an_epoch_are_noticed():
    """The loss is a number, its gradient is not."""

    def explode(model, images, labels):
        rebuilt = model(images)
        return {"loss": rebuilt.sum() * 0 + (rebuilt * 0).abs().sqrt().sum()}

    model = ToyAutoencoder()
    with pytest.raises(
        TrainingError, match=r"weights are no longer numbers at step 1 "
    ):
        run(model, explode, batch_size=96)
    assert torch.equal(weights(model), weights(ToyAutoencoder()))


def test_bfloat16_is_used_only_where_asked():
    seen = {}

    def watch(model, images, labels):
        codes = model.encoder(images)
        seen["dtype"] = codes.dtype
        return {"loss": (model.decoder(codes).float() - images).square().sum()}

    run(objective=watch, precision="bfloat16")
    assert seen["dtype"] == torch.bfloat16
    run(objective=watch, precision="float32")
    assert seen["dtype"] == torch.float32


def loss(model, images):
    return squared_error(model, images, None)


@pytest.mark.parametrize(
    "error",
    [
        torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2 GiB."),
        RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory: you"),
        RuntimeError("DefaultCPUAllocator: not enough memory: you tried to"),
        RuntimeError("MPS backend out of memory (MPS allocated: 9 GB)"),
        MemoryError(),
    ],
)
def test_too_little_memory_says_what_helps(error):
    """… in the words of each system, and the last whole epoch is back."""
    kept = []

    def greedy(model, images, labels):
        if len(kept) == 4:
            raise error
        return squared_error(model, images, labels)

    model = ToyAutoencoder()
    with pytest.raises(TrainingError, match=r"batch_size=32, so .* try a smaller one"):
        run(model, greedy, callbacks=[lambda model, *_: kept.append(weights(model))])
    assert torch.equal(weights(model), kept[3]) and not model.training


def test_other_errors_pass_through_and_the_last_good_weights_are_back():
    def wrong(model, images, labels):
        if model.training:
            raise RuntimeError("a bug of mine")
        return squared_error(model, images, labels)

    model = ToyAutoencoder()
    with pytest.raises(RuntimeError, match="a bug of mine"):
        run(model, wrong)
    assert torch.equal(weights(model), weights(ToyAutoencoder()))
    assert not model.training


class Outside(nn.Module):
    """Not a model of images of 6×6."""

    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(35, 2)

    def forward(self, images):
        return self.layer(images.flatten(1))


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"data": IMAGES * 1.0}, "floats from 0 to 255: pass uint8"),
        ({"data": IMAGES[:0]}, r"must be images \[N, height, width\]"),
        ({"data": IMAGES.int()}, "torch.int32: pass uint8"),
        ({"data": "mnist"}, "not a str: try dataset.train_images"),
        ({"data": (IMAGES, torch.zeros(5))}, "96 images and 5 labels"),
        ({"data": (IMAGES, None, 3)}, "not a tuple: try"),
        ({"data": IMAGES / 0}, "floats from nan to nan"),
        ({"model": Outside()}, r"cannot take images of shape \[6, 6\]"),
        ({"model": nn.Flatten()}, "no weights to train"),
        ({"objective": lambda m, x, y: m(x).sum()}, "must return a dictionary"),
        ({"objective": lambda m, x, y: {"loss": m(x)}}, "0-d"),
        ({"objective": lambda m, x, y: {"loss": x.sum()}}, "model's weights"),
        ({"objective": cross_entropy}, "needs labels"),
        ({"schedule": "wavy"}, "Unknown schedule 'wavy': choose from"),
        ({"precision": "float64"}, "Unknown precision 'float64'"),
        ({"objective": lambda m, x, y: loss(m, x) | {"kl": 0.5}}, "part 'kl' must be"),
        ({"objective": lambda m, x, y: loss(m, x) | {"kl": x}}, "part 'kl' must be"),
        ({"objective": elbo_loss}, "TypeError: elbo_loss"),
        ({"objective": {"loss": 1}}, "an objective .a function."),
        ({"model": squared_error}, "Pass a network"),
        ({"data": (IMAGES, torch.tensor(1))}, "96 images and no labels"),
        ({"data": IMAGES.to(torch.complex64)}, "complex64: pass uint8"),
        ({"epochs": 0}, "epochs is 0: 1 is the least"),
        ({"epochs": 1e1}, "epochs is 10.0: give a whole number"),
        ({"epochs": "3"}, "epochs is '3': give a whole number"),
        ({"batch_size": -1}, "batch_size is -1"),
        ({"batch_size": 5 / 2}, "batch_size is 2.5"),
        ({"warmup": -1}, "warmup is -1: 0 is the least"),
        ({"lr": 0}, "lr is 0.0: it must be above 0"),
        ({"lr": "fast"}, "lr is 'fast': give a number"),
        ({"lr": float("nan")}, "lr is nan"),
        ({"betas": 0.9}, "betas is 0.9: give two numbers"),
        ({"betas": (0.9,)}, "give two numbers"),
        ({"betas": (0.9, 1.0)}, "from 0 to below 1"),
        ({"betas": (0.9, None)}, "betas is None: give a number"),
        ({"seed": 2**70}, r"below 2\*\*63"),
        ({"seed": "a"}, "seed is 'a'"),
        ({"callbacks": print}, "a list of functions"),
        ({"callbacks": None}, "a list of functions"),
        ({"optimizer": "sgd"}, "Unknown optimizer 'sgd': choose from"),
        ({"keep_as": "a/b"}, "letters, digits"),
        ({"keep_as": 3}, "letters, digits"),
    ],
)
def test_wrong_input_gets_one_clear_sentence(change, sentence):
    arguments = {
        "model": ToyAutoencoder(),
        "objective": squared_error,
        "data": IMAGES,
        "epochs": 1,
    } | change
    with pytest.raises(ValueError, match=sentence):
        fit(**arguments)


def test_the_bar_shows_the_loss_and_images_per_second(monkeypatch, capsys):
    monkeypatch.setenv("TQDM_DISABLE", "0")
    fit(ToyAutoencoder(), squared_error, IMAGES, epochs=1)
    shown = capsys.readouterr().err
    assert "images/s" in shown and "epoch 1, loss " in shown
    assert "nats" not in shown  # not every objective is in nats


def test_the_bar_is_silent_when_asked(monkeypatch, capsys):
    fit(ToyAutoencoder(), squared_error, IMAGES, epochs=1)  # conftest: TQDM_DISABLE=1
    monkeypatch.setenv("TQDM_DISABLE", "0")
    fit(ToyAutoencoder(), squared_error, IMAGES, epochs=1, progress=False)
    assert capsys.readouterr().err == ""
