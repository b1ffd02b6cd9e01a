"""Two processes train what one would."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from torch import nn

from course_utils import distributed, setup

TRAIN = """
import sys, torch
sys.path[:0] = {path!r}
from toys import ToyAutoencoder, noisy_error, toy_images
from course_utils import runtime
from course_utils.objectives import squared_error
from course_utils.training import fit

runtime.setup()
images = toy_images(97)
runs = {{}}
for name, objective in (("exact", squared_error), ("noisy", noisy_error)):
    model = ToyAutoencoder()
    history = fit(model, objective, images, epochs=8, batch_size=32, lr=0.02,
                  validation=images[:20], precision="float32",
                  keep_as="two")
    runs[name] = {{"weights": model.state_dict(), "rows": history.rows,
                   "losses": history.losses, "reused": history.reused}}
torch.save(runs, {folder!r} + f"/{{runtime.distributed.rank()}}.pt")
"""


def train(tmp_path, processes):
    """What each process ends up with, by rank, and what they print."""
    folder = tmp_path / str(processes)
    folder.mkdir()
    script = folder / "train.py"
    tests = Path(__file__).parent
    path = [str(tests), str(tests.parent)]
    script.write_text(TRAIN.format(path=path, folder=str(folder)))
    torchrun = ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node=2"]
    environment = os.environ | {
        "COURSE_CACHE": str(folder),
        "COURSE_DEVICE": "cpu",
        "OMP_NUM_THREADS": "1",
    }
    done = subprocess.run(
        [sys.executable, *(torchrun if processes == 2 else []), str(script)],
        capture_output=True,
        text=True,
        timeout=120,
        env=environment,
    )
    assert done.returncode == 0, done.stderr
    runs = [torch.load(folder / f"{rank}.pt") for rank in range(processes)]
    return runs, done.stdout, folder


@pytest.fixture(scope="module")
def one_and_two(tmp_path_factory):
    tmp_path = tmp_path_factory.mktemp("distributed")
    return train(tmp_path, 1), train(tmp_path, 2)


@pytest.mark.slow
def test_two_processes_train_what_one_does(one_and_two):
    ((one,), *_), ((two, twin), *_) = one_and_two
    for name, value in one["exact"]["weights"].items():
        torch.testing.assert_close(two["exact"]["weights"][name], value)
        torch.testing.assert_close(twin["exact"]["weights"][name], value)
    assert two["exact"]["losses"] == pytest.approx(one["exact"]["losses"], rel=1e-4)
    for mine, theirs in zip(one["exact"]["rows"], two["exact"]["rows"], strict=True):
        assert theirs["loss"] == pytest.approx(mine["loss"], rel=1e-4)
        assert theirs["validation"] == pytest.approx(mine["validation"], rel=1e-4)


@pytest.mark.slow
def test_noise_differs_between_processes_and_averages_out(one_and_two):
    ((one,), *_), ((two, twin), *_) = one_and_two
    assert two["noisy"]["losses"] == twin["noisy"]["losses"]
    assert two["noisy"]["losses"] != one["noisy"]["losses"]
    last = [run["noisy"]["rows"][-1]["loss"] for run in (one, two)]
    assert last[1] == pytest.approx(last[0], rel=0.05)


@pytest.mark.slow
def test_only_the_main_process_prints_and_stores(one_and_two):
    _, (_, said, folder) = one_and_two
    assert said.count("seed 0") == 1
    assert len(list((folder / "checkpoints").glob("*.pt"))) == 2


def test_shares_add_up_to_the_batch(monkeypatch):
    monkeypatch.setenv("TORCHELASTIC_RUN_ID", "toy")
    monkeypatch.setenv("WORLD_SIZE", "3")
    for size in (1, 2, 3, 7):
        batch, seen, weight = torch.arange(size), [], 0.0
        for rank in range(3):
            monkeypatch.setenv("RANK", str(rank))
            mine, part = distributed.share(batch)
            assert len(mine) > 0  # or its mean would be no number
            seen += mine.tolist() if part else []
            weight += part
        assert seen == batch.tolist() and weight == pytest.approx(1)


@pytest.mark.parametrize(
    "platform", [{"WORLD_SIZE": "2", "RANK": "1"}, {"WORLD_SIZE": ""}, {"RANK": "1"}]
)
def test_what_a_platform_says_is_not_torchrun(platform, monkeypatch, capsys):
    """A managed notebook with such a variable would wait for others for ever."""
    for name, value in platform.items():
        monkeypatch.setenv(name, value)
    distributed.start()
    setup()
    told = "WORLD_SIZE=2 is ignored" in capsys.readouterr().out
    assert told is (platform.get("WORLD_SIZE") == "2")
    assert distributed.world_size() == 1 and distributed.is_main()
    assert not torch.distributed.is_initialized()


def test_one_process_needs_no_others():
    assert distributed.world_size() == 1 and distributed.is_main()
    module, values = nn.Linear(1, 1), torch.ones(2)
    assert distributed.synchronised(module) is module
    assert distributed.sum_over_processes(values) is values
    assert distributed.from_main("anything") == "anything"
