"""``fit``: what it learns, that it repeats itself, and how it ends when it must."""

import pytest
import torch
from torch import nn
from toys import ToyAutoencoder, noisy_error, toy_images, weights

from course_utils import runtime
from course_utils.objectives import cross_entropy, squared_error
from course_utils.training import TrainingError, evaluate, fit

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


def test_floats_and_labels_are_taken_too():
    uint8, _ = run()
    floats, _ = run(data=IMAGES / 255)
    torch.testing.assert_close(weights(uint8), weights(floats))
    labels = torch.arange(96) % 2
    classifier = nn.Sequential(nn.Flatten(), nn.Linear(36, 2))
    _, history = run(classifier, cross_entropy, (IMAGES, labels))
    assert set(history.rows[0]["parts"]) == {"loss", "accuracy"}


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


def test_clip_bounds_the_gradient(monkeypatch):
    norms = []
    step = torch.optim.Adam.step

    def watch(self):
        grads = [p.grad.flatten() for p in self.param_groups[0]["params"]]
        norms.append(torch.cat(grads).norm().item())
        return step(self)

    monkeypatch.setattr(torch.optim.Adam, "step", watch)
    run()
    assert max(norms) > 0.5
    norms.clear()
    run(clip=0.5)
    assert max(norms) <= 0.5 + 1e-5


def test_patience_stops_and_brings_the_best_weights_back():
    kept = []

    def keep(model, step, epoch):
        if step and step % 3 == 0:
            kept.append(weights(model))

    # Learning all-black images makes the bright validation images worse and worse.
    model, history = run(
        data=torch.zeros_like(IMAGES), validation=IMAGES, patience=2, epochs=50,
        lr=0.05, callbacks=[keep],
    )  # fmt: skip
    losses = [row["validation"]["loss"] for row in history.rows]
    best = min(range(len(losses)), key=losses.__getitem__)
    assert history.stopped == "early stop"
    assert len(losses) == best + 1 + 2
    assert torch.equal(weights(model), kept[best])
    assert evaluate(model, squared_error, IMAGES)["loss"] == losses[best]


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


@pytest.mark.parametrize(
    "error",
    [
        torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2 GiB."),
        RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried…"),
        MemoryError(),
    ],
)
def test_out_of_memory_splits_the_batch_and_changes_nothing(error, capsys):
    def greedy(model, images, labels):
        if len(images) > 12:
            raise error
        return squared_error(model, images, labels)

    whole, history = run()
    split, again = run(objective=greedy)
    torch.testing.assert_close(weights(split), weights(whole))
    assert again.losses == pytest.approx(history.losses)
    said = capsys.readouterr().out
    assert "batch of 32 goes through the model in 4 parts" in said
    assert said.count("Out of memory") == 2


def test_out_of_memory_with_one_image_gives_up():
    def greedy(model, images, labels):
        if model.training:
            raise torch.OutOfMemoryError("too much")
        return squared_error(model, images, labels)

    with pytest.raises(TrainingError, match="single image"):
        run(objective=greedy)


def test_other_errors_pass_through():
    def wrong(model, images, labels):
        if model.training:
            raise RuntimeError("a bug of mine")
        return squared_error(model, images, labels)

    with pytest.raises(RuntimeError, match="a bug of mine"):
        run(objective=wrong)


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


def test_compile_without_a_compiler_falls_back_and_says_so(monkeypatch, capsys):
    def no_compiler(*args, **options):
        def fail(*inputs):
            raise RuntimeError("Compiler: g++ is not found.\nmore")

        return fail

    plain, _ = run()
    monkeypatch.setattr(torch, "compile", no_compiler)
    fallen_back, _ = run(compile=True)
    assert torch.equal(weights(plain), weights(fallen_back))
    said = capsys.readouterr().out
    assert "torch.compile does not work here" in said and "g++ is not found" in said


def test_compile_trains_full_batches_compiled_and_the_rest_eagerly(monkeypatch):
    calls = []

    def compiler(step, **options):
        return lambda images, labels: calls.append(len(images)) or step(images, labels)

    plain, _ = run(batch_size=40)
    monkeypatch.setattr(torch, "compile", compiler)
    compiled, _ = run(batch_size=40, compile=True)
    assert set(calls) == {40}
    assert torch.equal(weights(plain), weights(compiled))


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
        ({"epochs": 0}, "epochs is 0: it must be above 0"),
        ({"batch_size": -1}, "batch_size is -1"),
        ({"lr": 0}, "lr is 0"),
        ({"patience": 3}, "pass validation"),
        ({"keep_as": "a/b"}, "letters, digits"),
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


def test_the_bar_shows_nats_and_images_per_second(monkeypatch, capsys):
    monkeypatch.setenv("TQDM_DISABLE", "0")
    fit(ToyAutoencoder(), squared_error, IMAGES, epochs=1)
    shown = capsys.readouterr().err
    assert "images/s" in shown and "nats" in shown


def test_the_bar_is_silent_when_asked(monkeypatch, capsys):
    fit(ToyAutoencoder(), squared_error, IMAGES, epochs=1)  # conftest: TQDM_DISABLE=1
    monkeypatch.setenv("TQDM_DISABLE", "0")
    fit(ToyAutoencoder(), squared_error, IMAGES, epochs=1, progress=False)
    assert capsys.readouterr().err == ""
