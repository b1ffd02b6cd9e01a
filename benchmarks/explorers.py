"""How soon explorers of the chapters' size are there, and follow the hand.

python -m benchmarks.explorers [command of a Chromium]     on a quiet machine
"""

import sys
from collections.abc import Mapping
from pathlib import Path
from shutil import which
from tempfile import TemporaryDirectory

import torch
from playwright.sync_api import sync_playwright
from torch import nn

from course_utils.explorers import LatentMap, ReparameterizationExplorer, WordMap
from course_utils.explorers.base import Explorer

# Milliseconds from the page's load until the explorer is there, and the median of a
# hundred touches of its first control.
_MEASURE = """async () => {
  const [{ loadEventEnd }] = performance.getEntriesByType('navigation');
  const [ready] = performance.getEntriesByName('explorer ready');
  const control = document.querySelector('.lc-live :is([role=slider], input)');
  const times = [];
  for (let i = 0; i < 101; i++) {
    const start = performance.now();
    const key = i % 2 ? 'ArrowUp' : 'ArrowDown';
    control.value = `word${i}`;
    control.dispatchEvent(new Event('input', { bubbles: true }));
    control.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));
    await undefined; // what changed is shown
    times.push(performance.now() - start);
  }
  return [ready.startTime - loadEventEnd, times.sort((a, b) => a - b)[50]];
}"""


def measure(explorers: Mapping[str, Explorer], command: str) -> dict[str, list[float]]:
    """Milliseconds until each is ready, and from a touch to the picture."""
    found = {}
    with TemporaryDirectory() as folder, sync_playwright() as playwright:
        flags = ["--no-sandbox"]
        browser = playwright.chromium.launch(executable_path=command, args=flags)
        page = browser.new_page()
        for name, explorer in explorers.items():
            page.goto(explorer.save(Path(folder) / "page.html").as_uri())
            page.wait_for_function("performance.getEntriesByName('explorer ready')[0]")
            found[name] = page.evaluate(_MEASURE)
        browser.close()
    return found


if __name__ == "__main__":
    layers = nn.Linear(2, 256), nn.ReLU(), nn.Linear(256, 784), nn.Sigmoid()
    words = torch.randn(2500, 100)
    explorers = {
        "latent map": LatentMap(nn.Sequential(*layers), words[:, :2], [0] * len(words)),
        "reparameterization": ReparameterizationExplorer(),
        "word map": WordMap([f"word{i}" for i in range(2500)], words, words[:, :2]),
    }
    command = sys.argv[1] if len(sys.argv) > 1 else which("chromium") or "chromium"
    for name, (ready, touch) in measure(explorers, command).items():
        print(f"{name}: ready after {ready:.0f} ms, a touch takes {touch:.1f} ms")
