"""Device, seed, budget: what is chosen, what is said, what is refused."""

import os
import random
import subprocess
import sys
from typing import ClassVar

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
        ("COURSE_DEVICE", "meta", "no device 'meta' here: unset COURSE_DEVICE"),
        ("COURSE_SEED", "lucky", "COURSE_SEED is 'lucky': give a whole number"),
        ("COURSE_SEED", "9" * 23, "COURSE_SEED is '9+': give a whole number"),
        ("COURSE_SEED", "-1", "COURSE_SEED is '-1': give a whole number"),
    ],
)
def test_wrong_settings_get_one_clear_sentence(monkeypatch, variable, value, sentence):
    monkeypatch.setenv(variable, value)
    with pytest.raises(ValueError, match=sentence):
        runtime.setup()


@pytest.mark.parametrize("name", ["gpu", "meta", "xla", "hpu", "vulkan", "cuda:99"])
def test_a_device_that_is_not_there(name):
    with pytest.raises(ValueError, match=f"no device '{name}' here: pass device='"):
        runtime.setup(device=name)


@pytest.mark.parametrize("seed", [2.5, "lucky", 2**70, -1, [1]])
def test_a_seed_that_is_none(seed):
    with pytest.raises(ValueError, match=r"seed is .*: give a whole number"):
        runtime.setup(seed)
    with pytest.raises(ValueError, match=r"seed is .*: give a whole number"):
        runtime.seed_everything(seed)


def test_the_largest_seed():
    assert runtime.setup(2**63 - 1, device="cpu").seed == 2**63 - 1


def test_importing_changes_no_setting_and_setup_sets_the_look():
    script = """
import matplotlib, sys
before, errors = dict(matplotlib.rcParams), sys.stdout.errors
import course_utils as cu
assert dict(matplotlib.rcParams) == before and sys.stdout.errors == errors
cu.setup()
assert matplotlib.rcParams["text.color"] == cu.INK
"""
    subprocess.run([sys.executable, "-c", script], check=True)


@pytest.mark.parametrize("encoding", ["cp1252", "ascii"])
def test_a_file_in_an_old_encoding_takes_every_sign(encoding):
    script = """
import course_utils as cu
cu.setup(device="cpu", budget="smoke")
cu.claim("it holds", True, share=0.9)
cu.load("digits")
"""
    done = subprocess.run(
        [sys.executable, "-c", script],
        env=os.environ | {"PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"},
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    said = done.stdout.decode(encoding)
    assert "budget smoke" in said and "? it holds" in said and "scikit-learn" in said


def test_umap_may_compile_where_its_folder_is_read_only(monkeypatch, tmp_path):
    monkeypatch.setenv("COURSE_CACHE", str(tmp_path))
    monkeypatch.setenv("NUMBA_CACHE_DIR", "mine")
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    runtime._let_umap_compile()
    assert os.environ["NUMBA_CACHE_DIR"] == "mine"
    monkeypatch.delenv("NUMBA_CACHE_DIR")
    runtime._let_umap_compile()
    assert os.environ["NUMBA_CACHE_DIR"] == str(tmp_path / "numba")


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


def test_own_randomness_puts_back_the_device_that_it_used(monkeypatch):
    """Also where it is not the current one: "cuda:1" beside a current "cuda:0"."""

    class Accelerator:
        states: ClassVar = {"0": "first", "1": "second"}

        def get_rng_state(self, device):
            return self.states[str(device)[-1]]

        def set_rng_state(self, state, device):
            self.states[str(device)[-1]] = state

    accelerator = Accelerator()
    monkeypatch.setattr(torch, "get_device_module", lambda device: accelerator)
    with runtime.own_randomness(4, torch.device("cuda:1")):
        accelerator.states["1"] = "moved on"
    assert accelerator.states == {"0": "first", "1": "second"}


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
import course_utils as cu
from course_utils.models import DenseVAE
from course_utils.objectives import elbo_loss
from course_utils.training import fit
faults = []
def count(model, step, epoch):
    faults.append(resource.getrusage(resource.RUSAGE_SELF).ru_minflt)
cu.setup()
images = torch.zeros(8 * 1024, 28, 28, dtype=torch.uint8)
fit(DenseVAE(), elbo_loss(), images, epochs=2, batch_size=1024, callbacks=[count])
print((faults[-1] - faults[-9]) // 8)
"""
    monkeypatch.setenv("COURSE_DEVICE", "cpu")
    output = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert int(output.stdout.splitlines()[-1]) < 1000  # else about 4,000 pages a step
