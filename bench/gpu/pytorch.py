#!/usr/bin/env python3
"""PyTorch on one GPU: the nets and batches of measure.ts, eager, images a second, as one line of JSON.

    python3 pytorch.py SECONDS

Each step takes uint8 images from the host's memory, as ours does; the best of both memory layouts counts, with float32
arithmetic and with its short form (tf32).
"""
import json
import sys
import time

import torch
from torch import nn
from torch.nn import functional as F

from compare_pytorch import NETS
from embed_pytorch import Net


def rate(work, count, seconds):
    for _ in range(5):
        work()
    torch.cuda.synchronize()
    started, done = time.perf_counter(), 0
    while time.perf_counter() - started < seconds:
        work()
        done += count
    torch.cuda.synchronize()
    return done / (time.perf_counter() - started)


def training(name, batch, layout, seconds):
    torch.manual_seed(1)
    net = NETS[name]().cuda().to(memory_format=layout)
    images = torch.randint(0, 256, (batch, 3, 32, 32), dtype=torch.uint8).pin_memory()
    y = (torch.arange(batch) % 10).cuda()
    optimiser = torch.optim.SGD(
        [p for p in net.parameters() if p.requires_grad], 0.02, 0.9, weight_decay=5e-4, nesterov=True
    )
    average = [p.detach().clone() for p in net.parameters()]
    weights = [p.detach() for p in net.parameters()]

    def step():
        x = images.cuda(non_blocking=True).float().div_(255).sub_(0.5).div_(0.25).contiguous(memory_format=layout)
        optimiser.zero_grad(set_to_none=True)
        F.cross_entropy(net(x), y).backward()
        optimiser.step()
        torch._foreach_lerp_(average, weights, 0.01)

    return rate(step, batch, seconds)


def embedding(side, layout, batch, seconds):
    net = Net().eval().cuda().to(memory_format=layout)
    images = torch.randint(0, 256, (batch, 3, side, side), dtype=torch.uint8).pin_memory()

    def step():
        x = images.cuda(non_blocking=True).float().div_(127.5).sub_(1).contiguous(memory_format=layout)
        return net(x).cpu()

    with torch.inference_mode():
        return rate(step, batch, seconds)


def predicting(name, layout, seconds):
    net = NETS[name]().eval().cuda().to(memory_format=layout)
    images = torch.randint(0, 256, (1024, 3, 32, 32), dtype=torch.uint8).pin_memory()

    def step():
        x = images.cuda(non_blocking=True).float().div_(255).sub_(0.5).div_(0.25).contiguous(memory_format=layout)
        return net(x).cpu()

    with torch.inference_mode():
        return rate(step, 1024, seconds)


def main():
    seconds = float(sys.argv[1]) / 2
    rates = {}
    for short in (False, True):
        torch.backends.cudnn.allow_tf32 = short
        torch.backends.cuda.matmul.allow_tf32 = short
        ending = " tf32" if short else ""
        for layout in (torch.contiguous_format, torch.channels_last):
            def note(name, value):
                rates[name + ending] = max(rates.get(name + ending, 0), value)

            for name in ("resnet8", "s", "m"):
                for batch in (128, 512):
                    note(f"train {name} {batch}", training(name, batch, layout, seconds))
                note(f"predict {name}", predicting(name, layout, seconds))
            for side in (128, 224):
                note(f"embed {side}", embedding(side, layout, 256, seconds))
    print(json.dumps({"device": torch.cuda.get_device_name(), "version": torch.__version__, "rates": rates}))


main()
