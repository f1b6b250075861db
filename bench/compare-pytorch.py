#!/usr/bin/env python3
"""Pupil's wasm engine beside PyTorch on the same nets, batch and cores, in one run.

    python3 bench/compare-pytorch.py [--nets resnet8,xs,s,m] [--batch 64] [--repeats 3]

Needs a Python with torch. The two alternate, each repeat after the other, so that a busy machine slows both; the best
repeat of each counts, and PyTorch may choose its thread count. Prints images a second and the ratio Pupil / PyTorch.
"""
import argparse
import json
import os
import subprocess
import time

import torch
from torch import nn
from torch.nn import functional as F

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")


class Residual(nn.Module):
    def __init__(self, i, o, stride):
        super().__init__()
        self.a = nn.Conv2d(i, o, 3, stride, 1, bias=False)
        self.an = nn.BatchNorm2d(o)
        self.b = nn.Conv2d(o, o, 3, 1, 1, bias=False)
        self.bn = nn.BatchNorm2d(o)
        self.s = nn.Identity() if i == o else nn.Conv2d(i, o, 1, stride, bias=False)

    def forward(self, x):
        y = F.relu(self.an(self.a(x)))
        return F.relu(self.s(x) + self.bn(self.b(y)))


def resnet(blocks):
    layers = [nn.Conv2d(3, 16, 3, 1, 1, bias=False), nn.BatchNorm2d(16), nn.ReLU()]
    width = 16
    for stage, o in enumerate((16, 32, 64)):
        for block in range(blocks):
            layers.append(Residual(width, o, 2 if stage > 0 and block == 0 else 1))
            width = o
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, 10))


def airbench(widths):
    first = nn.Conv2d(3, 24, 2, bias=False)
    first.weight.requires_grad_(False)
    layers, width = [first, nn.ReLU()], 24
    for o in widths:
        layers += [nn.Conv2d(width, o, 3, 1, 1, bias=False), nn.MaxPool2d(2), nn.BatchNorm2d(o), nn.ReLU()]
        layers += [nn.Conv2d(o, o, 3, 1, 1, bias=False), nn.BatchNorm2d(o), nn.ReLU()]
        width = o
    return nn.Sequential(*layers, nn.AdaptiveMaxPool2d(1), nn.Flatten(), nn.Linear(width, 10, bias=False))


NETS = {
    "resnet8": lambda: resnet(1),
    "resnet14": lambda: resnet(2),
    "xs": lambda: airbench((16, 32, 64)),
    "s": lambda: airbench((32, 64, 64)),
    "m": lambda: airbench((32, 128, 128)),
}


def pytorch(name, batch, threads, channels_last, seconds=4.0):
    torch.set_num_threads(threads)
    torch.manual_seed(1)
    layout = torch.channels_last if channels_last else torch.contiguous_format
    net = NETS[name]().to(memory_format=layout)
    x = torch.randn(batch, 3, 32, 32).to(memory_format=layout)
    y = torch.arange(batch) % 10
    optimiser = torch.optim.SGD(
        (p for p in net.parameters() if p.requires_grad), 0.05, 0.9, weight_decay=5e-4, nesterov=True
    )

    def step():
        optimiser.zero_grad(set_to_none=True)
        F.cross_entropy(net(x), y).backward()
        optimiser.step()

    def rate(work, warm):
        for _ in range(warm):
            work()
        started, count = time.perf_counter(), 0
        while time.perf_counter() - started < seconds / 2:
            work()
            count += 1
        return count * batch / (time.perf_counter() - started)

    train = rate(step, 3)
    net.eval()
    with torch.inference_mode():
        predict = rate(lambda: net(x), 3)
    return train, predict


def pupil(name, batch):
    command = ["node", "--import", "tsx", "bench/main.ts", "train", "--nets", name, "--engines", "wasm"]
    command += ["--batch", str(batch), "--augment", "off", "--steps", "100", "--json"]
    output = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    row = json.loads(output.strip().splitlines()[-1])[0]
    return row["train"], row["predict"]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--nets", default="resnet8,xs,s,m")
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--repeats", type=int, default=3)
    options = parser.parse_args()
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    print(
        f"batch {options.batch}, {cores} cores, PyTorch {torch.__version__}, "
        f"best of {options.repeats} alternating repeats"
    )
    print("net       train: pupil pytorch ratio   predict: pupil pytorch ratio")
    for name in options.nets.split(","):
        ours, theirs = [0.0, 0.0], [0.0, 0.0]
        for _ in range(options.repeats):
            ours = [max(pair) for pair in zip(ours, pupil(name, options.batch))]
            for threads in sorted({1, cores}):
                for layout in (False, True):
                    theirs = [max(pair) for pair in zip(theirs, pytorch(name, options.batch, threads, layout, 2.0))]
        train, predict = (f"{a:8.0f} {b:7.0f} {a / b:5.2f}" for a, b in zip(ours, theirs))
        print(f"{name:9} {train:>27}   {predict:>29}", flush=True)


if __name__ == "__main__":
    main()
