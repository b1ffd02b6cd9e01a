"""The game of two networks: its rules by hand, and what `fit_gan` promises."""

import math
import re

import pytest
import torch
from torch import nn

from course_utils import runtime
from course_utils.training import game, gan
from course_utils.training.game import (
    discriminator_loss,
    generator_loss,
    play_round,
    r1_penalty,
)
from course_utils.training.gan import TrainingError, fit_gan
from course_utils.training.recipe import GanRecipe


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_CACHE", str(tmp_path))
    runtime.setup(0, device="cpu", budget="smoke")


def players(outputs=2, seed=0):
    torch.manual_seed(seed)
    generator = nn.Sequential(nn.Linear(3, 16), nn.ReLU(), nn.Linear(16, outputs))
    discriminator = nn.Sequential(nn.Linear(2, 16), nn.ReLU(), nn.Linear(16, 1))
    return generator, discriminator


def blob(count=500):
    generator = torch.Generator().manual_seed(1)
    return 0.3 * torch.randn(count, 2, generator=generator) + torch.tensor([2.0, -1.0])


def play(points=None, steps=60, **settings):
    pair = players()
    settings = {"latent_dim": 3, "progress": False} | settings
    history = fit_gan(*pair, blob() if points is None else points, steps=steps,
                      **settings)  # fmt: skip
    return pair, history


def weights(*networks):
    return torch.cat([p.detach().flatten() for n in networks for p in n.parameters()])


def test_the_losses_of_one_who_guesses():
    guess = torch.zeros(8, 1)
    assert discriminator_loss(guess, guess).item() == pytest.approx(math.log(4))
    assert generator_loss(guess).item() == pytest.approx(math.log(2))


def test_the_losses_are_the_logarithms_of_the_textbook():
    real, fake = torch.tensor([1.0, -2.0]), torch.tensor([0.5, 3.0])
    d_real, d_fake = real.sigmoid(), fake.sigmoid()
    by_hand = -d_real.log().mean() - (1 - d_fake).log().mean()
    assert discriminator_loss(real, fake).item() == pytest.approx(by_hand.item())
    assert generator_loss(fake).item() == pytest.approx(-d_fake.log().mean().item())


def test_the_penalty_of_a_linear_judge_is_its_squared_slope():
    judge = nn.Linear(2, 1)
    penalty = r1_penalty(judge, blob(7))
    assert penalty.item() == pytest.approx(judge.weight.square().sum().item())
    penalty.backward()
    torch.testing.assert_close(judge.weight.grad, 2 * judge.weight)


def test_a_round_moves_both_players_and_leaves_them_trainable():
    generator, discriminator = players()
    before = weights(generator), weights(discriminator)
    optimizers = tuple(
        torch.optim.SGD(p.parameters(), 0.1) for p in (generator, discriminator)
    )
    losses = play_round(
        generator, discriminator, optimizers, blob(8), torch.randn(8, 3), r1=1.0
    )
    assert losses.shape == (2,)
    assert not torch.equal(weights(generator), before[0])
    assert not torch.equal(weights(discriminator), before[1])
    assert all(p.requires_grad for p in discriminator.parameters())


def test_it_finds_the_data():
    (generator, _), history = play(steps=800, lr=3e-3, r1=0.5)
    with torch.no_grad():
        made = generator(torch.randn(1000, 3))
    torch.testing.assert_close(made.mean(0), blob().mean(0), atol=0.25, rtol=0)
    assert len(history.generator_losses) == len(history.discriminator_losses) == 800
    assert not generator.training


def test_the_seed_decides_and_the_outside_is_left_alone():
    torch.manual_seed(5)
    state = torch.get_rng_state()
    pair = players()
    torch.set_rng_state(state)
    fit_gan(*pair, blob(), steps=5, latent_dim=3, seed=1, progress=False)
    assert torch.equal(torch.get_rng_state(), state)
    same, other = play(steps=5, seed=1)[0], play(steps=5, seed=2)[0]
    assert torch.equal(weights(*pair), weights(*same))
    assert not torch.equal(weights(*pair), weights(*other))


def test_bytes_are_scaled():
    points = torch.randint(0, 256, (40, 2), dtype=torch.uint8)
    as_bytes, _ = play(points, steps=5)
    as_floats, _ = play(points.float() / 255, steps=5)
    assert torch.equal(weights(*as_bytes), weights(*as_floats))


def test_snapshots_end_with_the_final_weights():
    (generator, _), history = play(steps=50, snapshots=5)
    assert list(history.snapshots) == [10, 20, 30, 40, 50]
    last = history.snapshots[50]
    assert all(torch.equal(last[n], w) for n, w in generator.state_dict().items())
    assert not torch.equal(history.snapshots[10]["0.weight"], last["0.weight"])


def test_lazy_penalties_are_stronger_and_rarer(monkeypatch):
    used = []

    def watch(*everything):
        used.append(everything[-1])
        return torch.zeros(2)

    monkeypatch.setattr(gan, "play_round", watch)
    play(steps=8, r1=0.5, r1_every=4)
    assert used == [2.0, 0, 0, 0, 2.0, 0, 0, 0]


def test_a_kept_game_is_reused_whole(capsys):
    first, history = play(steps=20, keep_as="toy-gan", snapshots=2)
    again, reused = play(steps=20, keep_as="toy-gan", snapshots=2)
    assert "reused 'toy-gan'" in capsys.readouterr().out
    assert reused.reused
    assert not history.reused
    assert torch.equal(weights(*first), weights(*again))
    assert reused.generator_losses == history.generator_losses
    assert torch.equal(
        reused.snapshots[20]["0.weight"], history.snapshots[20]["0.weight"]
    )
    changed = play(steps=20, keep_as="toy-gan", snapshots=2, r1=0.1)[1]
    assert not changed.reused
    assert "new recipe" in capsys.readouterr().out


def test_nan_ends_the_game_with_the_last_good_weights():
    pair = players()
    with pytest.raises(TrainingError, match="no longer a number at step"):
        fit_gan(*pair, blob(), steps=200, latent_dim=3, lr=1e30, progress=False)
    assert weights(*pair).isfinite().all()
    assert not pair[0].training


def test_an_interrupt_keeps_what_was_learned(monkeypatch, capsys, tmp_path):
    rounds = []

    def interrupted(*everything):
        if len(rounds) == 7:
            raise KeyboardInterrupt
        rounds.append(1)
        return play_round(*everything)

    monkeypatch.setattr(gan, "play_round", interrupted)
    pair, history = play(steps=20, keep_as="toy-gan")
    assert history.stopped == "interrupted"
    assert len(history.generator_losses) == 7
    assert "Interrupted at step 8" in capsys.readouterr().out
    assert not torch.equal(weights(*pair), weights(*players()))
    assert list(tmp_path.rglob("toy-gan*.pt")) == []


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"steps": 0}, "steps is 0"),
        ({"lr": -1.0}, "lr is -1.0"),
        ({"r1": -0.1}, "r1 is -0.1"),
        ({"latent_dim": 4}, "cannot take codes of latent_dim=4"),
        ({"points": torch.rand(9, 3)}, r"makes images of shape \[2\].*have \[3\]"),
        ({"points": torch.zeros(9, 2, dtype=torch.int64)}, "torch.int64"),
        ({"points": torch.zeros(0, 2)}, "no images"),
        ({"points": [[1.0, 2.0]]}, "no images"),
        ({"steps": 2.5}, "steps is 2.5: give a whole number"),
        ({"r1": "much"}, "r1 is 'much'"),
        ({"keep_as": "a/b"}, "letters, digits"),
    ],
)
def test_what_makes_no_sense_is_said_at_once(settings, message):
    with pytest.raises(ValueError, match=message):
        play(**settings)


def test_a_discriminator_must_take_the_images_and_give_one_logit():
    generator = nn.Linear(3, 2)
    with pytest.raises(ValueError, match="discriminator cannot take"):
        fit_gan(generator, nn.Linear(5, 1), blob(), steps=1, latent_dim=3)
    with pytest.raises(ValueError, match="one logit each"):
        fit_gan(generator, nn.Linear(2, 3), blob(), steps=1, latent_dim=3)


def test_a_frozen_layer_stays_frozen():
    generator, discriminator = players()
    discriminator[0].requires_grad_(False)
    before = weights(discriminator[0])
    fit_gan(generator, discriminator, blob(), steps=5, latent_dim=3, progress=False)
    assert torch.equal(weights(discriminator[0]), before)
    assert not any(p.requires_grad for p in discriminator[0].parameters())
    assert all(p.requires_grad for p in discriminator[2].parameters())


def test_trying_leaves_no_trace():
    """Two images are shown to both before the game: no statistics, no random draw."""
    generator = nn.Sequential(nn.Linear(3, 2), nn.BatchNorm1d(2), nn.Dropout())
    discriminator = nn.Linear(2, 1)
    state = torch.get_rng_state()
    recipe = GanRecipe(
        steps=1, batch_size=2, lr=1.0, betas=(0, 0), r1=0, r1_every=1, latent_dim=3,
        snapshots=0, seed=0,
    )  # fmt: skip
    gan.try_round(generator, discriminator, blob(), recipe)
    assert generator[1].num_batches_tracked == 0
    assert torch.equal(torch.get_rng_state(), state)


def test_points_of_float64_are_taken():
    as_double, _ = play(blob().double(), steps=3)
    as_float, _ = play(steps=3)
    assert torch.equal(weights(*as_double), weights(*as_float))


def test_another_rule_is_another_game(monkeypatch):
    play(steps=3, keep_as="toy-gan")
    monkeypatch.setattr(game, "generator_loss", lambda logits: -logits.mean())
    assert not play(steps=3, keep_as="toy-gan")[1].reused


def test_a_game_is_one_line_and_two_curves():
    _, history = play(steps=60, snapshots=3)
    line = r"GanHistory: 60 steps, last losses [\d.]+ and [\d.]+ nats, finished in .+ s"
    assert re.fullmatch(line, repr(history))
    assert history._repr_html_().count("<polyline") == 2
