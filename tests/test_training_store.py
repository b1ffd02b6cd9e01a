"""The store behind ``keep_as``: reuse never changes a result."""

import re

import pytest
import torch
from toys import ToyAutoencoder, noisy_error, toy_images, weights

from course_utils import runtime
from course_utils.objectives import squared_error
from course_utils.training import fit
from course_utils.training import store as store_module

IMAGES = toy_images()


@pytest.fixture(autouse=True)
def store(monkeypatch, tmp_path):
    monkeypatch.setenv("COURSE_CACHE", str(tmp_path))
    monkeypatch.setenv("COURSE_DEVICE", "cpu")
    runtime.setup()
    return tmp_path / "checkpoints"


def run(model=None, objective=noisy_error, data=IMAGES, **options):
    model = model or ToyAutoencoder()
    options = {"epochs": 2, "batch_size": 32, "keep_as": "toy"} | options
    return model, fit(model, objective, data, progress=False, **options)


def test_the_second_training_is_a_reuse_with_the_same_numbers(capsys):
    torch.manual_seed(0)
    trained, history = run(validation=IMAGES)
    after_training = torch.rand(2)
    capsys.readouterr()
    torch.manual_seed(0)
    loaded, again = run(validation=IMAGES)
    assert torch.equal(torch.rand(2), after_training)
    assert again.reused and not history.reused
    assert torch.equal(weights(trained), weights(loaded))
    assert (again.rows, again.losses) == (history.rows, history.losses)
    assert again.seconds == history.seconds
    assert not loaded.training
    line = r"reused 'toy', trained in \d+\.\d s on 20\d\d-\d\d-\d\d\n"
    assert re.fullmatch(line, capsys.readouterr().out)


def test_retrain_refuses_what_is_there():
    run()
    _, history = run(retrain=True)
    assert not history.reused


def test_callbacks_have_to_see_the_training():
    run()
    seen = []
    _, history = run(callbacks=[lambda model, step, epoch: seen.append(step)])
    assert seen and not history.reused
    assert run()[1].reused


class Wider(ToyAutoencoder):
    """The same weights, another way to use them."""

    def forward(self, images):
        return 2 * super().forward(images)


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"model": ToyAutoencoder(seed=1)}, "model or first weights"),
        ({"model": Wider()}, "model or first weights"),
        ({"objective": squared_error}, "objective"),
        ({"data": toy_images(seed=2)}, "data"),
        ({"data": (IMAGES, torch.zeros(96))}, "data"),
        ({"validation": IMAGES}, "validation data"),
        ({"epochs": 3}, "recipe"),
        ({"lr": 0.002}, "recipe"),
        ({"seed": 1}, "recipe"),
        ({"precision": "float32", "clip": 1.0}, "recipe"),
    ],
)
def test_another_ingredient_is_trained_and_named(change, what, capsys):
    run()
    capsys.readouterr()
    assert not run(**change)[1].reused
    assert capsys.readouterr().out == f"training 'toy' again: new {what}\n"
    assert run()[1].reused


def test_a_trained_model_is_not_a_fresh_one():
    """Training on from where one stands is another training."""
    model, _ = run()
    _, history = run(model)
    assert not history.reused


@pytest.mark.parametrize(
    "damage",
    [
        lambda content: content[: len(content) // 2],
        lambda content: b"",
        lambda content: b"not a checkpoint",
        # One flipped bit in the middle, where the weights are.
        lambda content: content[:900] + bytes([content[900] ^ 64]) + content[901:],
    ],
)
def test_a_damaged_file_is_trained_again_and_replaced(store, damage, capsys):
    whole, _ = run()
    (file,) = store.iterdir()
    file.write_bytes(damage(file.read_bytes()))
    capsys.readouterr()
    again, history = run()
    assert not history.reused
    assert torch.equal(weights(again), weights(whole))
    assert "is damaged: training it again" in capsys.readouterr().out
    assert run()[1].reused


def test_a_file_with_code_in_it_is_not_executed(store):
    run()
    (file,) = store.iterdir()
    torch.save({"weights": print, "check": "x"}, file)
    assert not run()[1].reused


def test_a_full_disk_costs_the_copy_not_the_training(store, monkeypatch, capsys):
    def full(*args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(torch, "save", full)
    _, history = run()
    assert history.stopped == "finished" and len(history.rows) == 2
    assert "Could not keep 'toy'" in capsys.readouterr().out
    assert list(store.iterdir()) == []


def test_what_is_stored_can_be_read_without_the_course(store):
    _, history = run()
    (file,) = store.iterdir()
    stored = torch.load(file, weights_only=True)
    assert stored["recipe"]["epochs"] == 2
    assert stored["history"]["rows"] == history.rows
    ToyAutoencoder(seed=7).load_state_dict(stored["weights"])


def test_old_files_of_one_name_go(store, monkeypatch):
    monkeypatch.setattr(store_module, "KEPT_PER_NAME", 2)
    for seed in range(4):
        run(seed=seed)
    run(keep_as="toy-other")
    assert len([f for f in store.iterdir() if f.name.startswith("toy-other")]) == 1
    assert len(list(store.iterdir())) == 3
    assert run(seed=3)[1].reused
