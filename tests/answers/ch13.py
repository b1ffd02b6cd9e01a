"""Answers to chapter 13's exercises."""

import numpy as np
import torch

from course_utils.exercises.ch13 import check_bound, check_euler, check_guidance


def bound(nll, log_q, log_p):
    return nll + log_q - log_p


def bound_by_numpy(nll, log_q, log_p):
    return np.asarray(nll) - (np.asarray(log_p) - np.asarray(log_q))


def bound_by_rows(nll, log_q, log_p):
    return [a + (b - c) for a, b, c in zip(nll, log_q, log_p, strict=True)]


def euler(velocity, z, steps):
    for k in range(steps):
        z = z + velocity(z, torch.full((len(z),), k / steps)) / steps
    return z


def euler_in_place(velocity, z, steps):
    t = torch.zeros(len(z))
    while t[0] < 1 - 1e-6:
        z += velocity(z, t) / steps
        t += 1 / steps
    return z


def euler_recursive(velocity, z, steps, k=0):
    if k == steps:
        return z
    t = torch.ones(len(z)) * k / steps
    moved = z + velocity(z, t) * (1 / steps)
    return euler_recursive(velocity, moved, steps, k + 1)


def too_long(velocity, z, steps):
    for k in range(steps):
        z = z + velocity(z, torch.full((len(z),), k / steps))
    return z


def late(velocity, z, steps):
    for k in range(steps):
        z = z + velocity(z, torch.full((len(z),), (k + 1) / steps)) / steps
    return z


def frozen(velocity, z, steps):
    for _ in range(steps):
        z = z + velocity(z, torch.zeros(len(z))) / steps
    return z


def backwards(velocity, z, steps):
    for k in range(steps):
        z = z + velocity(z, torch.full((len(z),), 1 - k / steps)) / steps
    return z


def against(velocity, z, steps):
    for k in range(steps):
        z = z - velocity(z, torch.full((len(z),), k / steps)) / steps
    return z


def at_once(velocity, z, steps):
    return z + velocity(z, torch.zeros(len(z)))


def one_more(velocity, z, steps):
    for k in range(steps + 1):
        z = z + velocity(z, torch.full((len(z),), k / steps)) / steps
    return z


def guided(v_any, v_label, w):
    return v_any + w * (v_label - v_any)


def guided_by_lerp(v_any, v_label, w):
    return torch.lerp(v_any, v_label, w)


def guided_by_shares(v_any, v_label, w):
    return (1 - w) * v_any.numpy() + w * v_label.numpy()


RIGHT = {
    check_bound: [bound, bound_by_numpy, bound_by_rows],
    check_euler: [euler, euler_in_place, euler_recursive],
    check_guidance: [guided, guided_by_lerp, guided_by_shares],
}

WRONG = {
    check_bound: {
        "signs of the two logarithms": lambda n, q, p: n - q + p,
        "log q is missing": lambda n, q, p: n - p,
        "given back, not paid again": lambda n, q, p: n - q - p,
        "log p enters with a minus": lambda n, q, p: n + q + p,
        "prior is missing": lambda n, q, p: n,
        "the image is missing": lambda n, q, p: q - p,
        "the bill is minus it": lambda n, q, p: p - n - q,
        "return [N]": lambda n, q, p: (n + q - p).mean(),
    },
    check_euler: {
        "times too long": too_long,
        "at the end of each step": late,
        "Time stands still": frozen,
        "from 1 to 0": backwards,
        "against the velocity": against,
        "single step of length 1": at_once,
        "One step too many": one_more,
    },
    check_guidance: {
        "one w further": lambda a, b, w: b + w * (b - a),
        "exchanged the two": lambda a, b, w: b + w * (a - b),
        "push away from the label": lambda a, b, w: a - w * (b - a),
        "clamped w": lambda a, b, w: b,
        "only scaled the": lambda a, b, w: w * b,
        "times the *difference": lambda a, b, w: a + w * b,
        "extra push alone": lambda a, b, w: w * (b - a),
    },
}
