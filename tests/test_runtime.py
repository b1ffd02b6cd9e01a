"""Device, seed, budget: what is chosen, what is said, what is refused."""

import random
import subprocess
import sys

import numpy as np
import pytest
import torch
from torch import nn

from course_utils import runtime
from course_utils.training.batches import fast_precision

CPU = torch.device("cpu")


@pytest.fixture(autouse=True)
def clean(monkeypatch):
    for name in ("SEED", "DEVICE", "BUDGET", "CACHE"):
        monkeypatch.delenv(f"COURSE_{name}", raising=False)
    monkeypatch.setattr(runtime, "_current", None)


def test_setup_says_one_line(monkeypatch, capsys):
    monkeypatch.setattr(torch, "get_num_threads", lambda: 2)
    monkeypatch.setattr(runtime, "best_precision", lambda device: "bfloat16")
    chosen = runtime.setup(device="cpu", budget="cpu", seed=3)
    said = "CPU, 2 cores, bfloat16 · budget cpu · seed 3"
    assert capsys.readouterr().out == said + "\n"
    assert chosen.describe() == said


def test_current_is_silent_and_stays(capsys):
    first = runtime.current()
    assert runtime.current() is first
    assert runtime.setup() is runtime.current()
    assert capsys.readouterr().out.count("\n") == 1


def test_the_environment_decides_and_arguments_overrule_it(monkeypatch):
    monkeypatch.setenv("COURSE_SEED", "5")
    monkeypatch.setenv("COURSE_DEVICE", "cpu")
    monkeypatch.setenv("COURSE_BUDGET", "smoke")
    assert runtime.setup() == runtime.Runtime(CPU, "smoke", 5)
    assert runtime.setup(0, budget="gpu") == runtime.Runtime(CPU, "gpu", 0)


def test_the_budget_follows_the_hardware():
    assert runtime.setup(device="cpu").budget == "cpu"


@pytest.mark.parametrize(
    ("budget", "with_gpu", "without"), [("smoke", 1, 1), ("cpu", 2, 2), ("gpu", 3, 2)]
)
def test_budgeted_values(budget, with_gpu, without):
    runtime.setup(device="cpu", budget=budget)
    assert runtime.budgeted(smoke=1, cpu=2, gpu=3) == with_gpu
    assert runtime.budgeted(smoke=1, cpu=2) == without


@pytest.mark.parametrize(
    ("variable", "value", "sentence"),
    [
        ("COURSE_BUDGET", "huge", "Unknown budget 'huge': choose one of"),
        ("COURSE_DEVICE", "abacus", "no device 'abacus' here: unset COURSE_DEVICE"),
        ("COURSE_SEED", "lucky", "COURSE_SEED is 'lucky': give a whole number"),
    ],
)
def test_wrong_settings_get_one_clear_sentence(monkeypatch, variable, value, sentence):
    monkeypatch.setenv(variable, value)
    with pytest.raises(ValueError, match=sentence):
        runtime.setup()


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a CUDA device")
def test_a_device_that_is_not_there(monkeypatch):
    with pytest.raises(ValueError, match="no device 'cuda' here"):
        runtime.setup(device="cuda")


def test_one_seed_for_all_generators():
    def draw():
        return random.random(), np.random.rand(), torch.rand(1).item()

    runtime.setup(7)
    first = draw()
    draw()
    runtime.seed_everything()
    assert draw() == first
    runtime.seed_everything(8)
    assert draw() != first


def test_own_randomness_leaves_no_trace_even_after_an_error():
    torch.manual_seed(0)
    expected = torch.rand(2)
    torch.manual_seed(0)
    with pytest.raises(KeyError), runtime.own_randomness(4, CPU):
        inside = torch.rand(2)
        raise KeyError
    assert torch.equal(torch.rand(2), expected)
    with runtime.own_randomness(4, CPU):
        assert torch.equal(torch.rand(2), inside)


def test_bfloat16_where_the_processor_multiplies_it(monkeypatch):
    monkeypatch.setattr(runtime, "_cpu_capabilities", lambda: {"avx2", "avx512_bf16"})
    assert runtime.best_precision(CPU) == "bfloat16"
    assert fast_precision(nn.Linear(2, 2), CPU) == "bfloat16"
    convolutional = nn.Sequential(nn.Unflatten(1, (1, 28)), nn.Conv2d(1, 4, 3))
    assert fast_precision(convolutional, CPU) == "float32"
    monkeypatch.setattr(runtime, "_cpu_capabilities", lambda: {"avx2"})
    assert runtime.best_precision(CPU) == "float32"


def test_older_pytorch_reads_the_processors_flags(monkeypatch):
    known = runtime._cpu_capabilities()
    monkeypatch.delattr(torch.cpu, "get_capabilities", raising=False)
    if sys.platform == "linux" and known:
        for name in ("avx2", "avx512_bf16"):
            assert (name in known) == (name in runtime._cpu_capabilities())


@pytest.mark.skipif(sys.platform != "linux", reason="the advice is for glibc")
def test_freed_memory_is_kept(monkeypatch):
    """Once training runs, a step takes hardly any new pages from the system."""
    script = """
import resource, torch
from course_utils.models import DenseVAE
from course_utils.objectives import elbo_loss
from course_utils.training import fit
faults = []
def count(model, step, epoch):
    faults.append(resource.getrusage(resource.RUSAGE_SELF).ru_minflt)
images = torch.zeros(8 * 1024, 28, 28, dtype=torch.uint8)
fit(DenseVAE(), elbo_loss(), images, epochs=2, batch_size=1024, callbacks=[count])
print((faults[-1] - faults[-9]) // 8)
"""
    monkeypatch.setenv("COURSE_DEVICE", "cpu")
    output = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert int(output.stdout) < 1000  # else about 4,000 pages a step
