"""The store behind ``keep_as``: reuse never changes a result."""

import re
import shutil
import threading
import time
import types
from pathlib import Path

import pytest
import torch
from toys import ToyAutoencoder, noisy_error, toy_images, weights

from course_utils import runtime
from course_utils.cache import locked
from course_utils.objectives import squared_error
from course_utils.training import fit
from course_utils.training import store as store_module
from course_utils.training.fingerprints import fingerprint
from course_utils.training.loop import Loop
from course_utils.training.store import Slot

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


def teacher(seed):
    return ToyAutoencoder(seed).requires_grad_(False)


def distilled_from(network):
    def distil(model, images, labels):
        target = network(images)
        return {"loss": (model(images) - target).square().sum() / len(images)}

    return distil


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"model": ToyAutoencoder(seed=1)}, "model or first weights"),
        ({"model": Wider()}, "model or first weights"),
        ({"objective": squared_error}, "objective"),
        ({"data": toy_images(seed=2)}, "data"),
        ({"data": (IMAGES, torch.zeros(96))}, "data"),
        ({"objective": distilled_from(teacher(0))}, "objective"),
        ({"validation": IMAGES}, "validation data"),
        ({"epochs": 3}, "recipe"),
        ({"lr": 0.002}, "recipe"),
        ({"seed": 1}, "recipe"),
        ({"betas": (0.5, 0.9)}, "recipe"),
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
    (file,) = store.glob("*.pt")
    file.write_bytes(damage(file.read_bytes()))
    capsys.readouterr()
    again, history = run()
    assert not history.reused
    assert torch.equal(weights(again), weights(whole))
    assert "is damaged: training it again" in capsys.readouterr().out
    assert run()[1].reused


@pytest.mark.parametrize(
    "content",
    [
        {"weights": print, "check": "x"},  # code, which is not executed
        [1, 2],
        torch.ones(2),
        {"history": {"rows": [], "seconds": 1.0, "news": 2}, "weights": {}},
        {"history": None, "weights": {}},
    ],
)
def test_what_no_version_of_the_store_wrote_is_trained_again(store, content, capsys):
    run()
    (file,) = store.glob("*.pt")
    if isinstance(content, dict) and "check" not in content:
        content |= {"check": fingerprint(content)}
    torch.save(content, file)
    assert not run()[1].reused
    assert "is damaged: training it again" in capsys.readouterr().out
    assert run()[1].reused


def test_a_full_disk_costs_the_copy_not_the_training(store, monkeypatch, capsys):
    def full(*args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(torch, "save", full)
    _, history = run()
    assert history.stopped == "finished" and len(history.rows) == 2
    assert "'toy' is in memory but could not be kept" in capsys.readouterr().out
    assert {file.suffix for file in store.iterdir()} <= {".lock"}


@pytest.fixture(params=["no such place", "below a file", "dangling link", "no home"])
def broken_cache(request, tmp_path, monkeypatch):
    """COURSE_CACHE names a folder that cannot be made."""
    (tmp_path / "file").touch()
    (tmp_path / "link").symlink_to("/nowhere/at/all")
    where = {
        "no such place": "/proc/nowhere",
        "below a file": str(tmp_path / "file" / "cache"),
        "dangling link": str(tmp_path / "link"),
        "no home": "~nobody-of-this-name/cache",
    }
    monkeypatch.setenv("COURSE_CACHE", where[request.param])


def test_a_cache_that_cannot_be_used_stops_nothing(broken_cache, capsys):
    _, history = run()
    assert history.stopped == "finished" and not history.reused
    said = capsys.readouterr().out
    assert said.count("could not be kept on disk") == 1 and said.count("\n") == 1


def test_a_cache_removed_during_the_training_is_made_anew(store):
    run(callbacks=[lambda *_: shutil.rmtree(store, ignore_errors=True)])
    assert run()[1].reused


def test_files_that_go_while_they_are_counted_cost_nothing(store, monkeypatch):
    """Another notebook deletes old ones; or one is a link that leads nowhere."""
    monkeypatch.setattr(store_module, "KEPT_PER_NAME", 1)
    store.mkdir()
    (store / f"toy-{0:016x}.pt").symlink_to("/nowhere")
    run()

    def in_use(*args, **options):
        raise PermissionError(13, "in use")

    monkeypatch.setattr(Path, "unlink", in_use)
    _, history = run(seed=1)
    assert history.stopped == "finished"


def test_who_wants_the_same_at_the_same_time_waits_and_reuses(store):
    """Another process holds the lock, and keeps its model before it lets go."""
    run()
    (file,) = store.glob("*.pt")
    elsewhere = file.rename(store / "elsewhere")
    held = threading.Event()

    def other():
        with locked(file):
            held.set()
            time.sleep(0.5)
            elsewhere.rename(file)

    thread = threading.Thread(target=other)
    thread.start()
    held.wait()
    assert run()[1].reused
    thread.join()


def test_the_training_loop_counts(monkeypatch, capsys):
    """A reader who updates the course gets no models of the old loop."""
    run()
    monkeypatch.setattr(Loop, "_rate", lambda self, step: 0.5 * self.recipe.lr)
    capsys.readouterr()
    assert not run()[1].reused
    assert capsys.readouterr().out == "training 'toy' again: new training code\n"


def test_a_model_of_another_device_is_another(monkeypatch, capsys):
    """A GPU rounds otherwise. Here it is a CPU of another name."""
    run()
    capsys.readouterr()
    monkeypatch.setattr(torch, "__version__", "another")
    assert not run()[1].reused
    assert capsys.readouterr().out == "training 'toy' again: new machine\n"
    network = ToyAutoencoder()
    keys = set()
    for device in ("cpu", "cuda"):
        weight = types.SimpleNamespace(device=torch.device(device))
        monkeypatch.setattr(network, "parameters", lambda weight=weight: iter([weight]))
        keys.add(Slot.of("toy", network, None).ingredients["machine"])
    assert len(keys) == 2


def test_what_cannot_be_compared_is_trained_each_time(store, capsys):
    things = (number for number in range(3))

    def careless(model, images, labels):
        _ = things
        return squared_error(model, images, labels)

    for _ in range(2):
        assert not run(objective=careless)[1].reused
        said = capsys.readouterr().out
        assert said.startswith("'toy' is trained each time and not kept: its objective")
        assert "holds a generator" in said and said.count("\n") == 1
    assert not store.exists()


class Counting(ToyAutoencoder):
    """Its weights are not all that training changes."""

    steps = 0

    def forward(self, images):
        self.steps += self.training
        return super().forward(images)


def averaging():
    """An objective with a memory."""
    past = []

    def objective(model, images, labels):
        past.append(len(past))
        return squared_error(model, images, labels)

    return objective


def clipping(model, step, epoch):
    for weight in model.parameters():
        weight.data.clamp_(-0.1, 0.1)


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"model": Counting, "objective": squared_error}, "model or first weights"),
        ({"objective": averaging()}, "objective"),
        ({"callbacks": [clipping]}, "a callback changed its weights"),
    ],
)
def test_a_training_that_leaves_more_than_weights_is_not_kept(
    options, reason, store, capsys
):
    if "model" in options:
        options |= {"model": options["model"]()}
    model, _ = run(**options)
    said = capsys.readouterr().out
    assert "'toy' is not kept" in said and reason in said
    assert list(store.glob("*.pt")) == []
    assert not model.training
    assert not torch.equal(weights(model), weights(ToyAutoencoder()))


def test_what_is_stored_can_be_read_without_the_course(store):
    _, history = run()
    (file,) = store.glob("*.pt")
    stored = torch.load(file, weights_only=True)
    assert stored["recipe"]["epochs"] == 2
    assert stored["history"]["rows"] == history.rows
    ToyAutoencoder(seed=7).load_state_dict(stored["weights"])


def test_old_files_of_one_name_go(store, monkeypatch):
    monkeypatch.setattr(store_module, "KEPT_PER_NAME", 2)
    for seed in range(4):
        run(seed=seed)
    run(keep_as="toy-other")
    assert len(list(store.glob("toy-other*.pt"))) == 1
    assert len(list(store.glob("*.pt"))) == 3
    assert len(list(store.glob("*.lock"))) <= 3
    assert run(seed=3)[1].reused
