#!/usr/bin/env python3
"""PyTorch's forward pass of the built-in backbone's net (MobileNetV2 body, norms folded), images a second: the best of
one thread and all, both memory layouts, and batches of 1, 4 and 16.

    python3 bench/embed-pytorch.py SIDE SECONDS
"""
import os
import sys
import time

import torch
from torch import nn

SETTINGS = [(1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1)]
TAPS = {9, 12, 15, 16}


def conv(i, o, k, stride, groups=1, active=True):
    layers = [nn.Conv2d(i, o, k, stride, k // 2, groups=groups)]
    return nn.Sequential(*layers, nn.ReLU6(inplace=True)) if active else layers[0]


class Block(nn.Module):
    def __init__(self, i, o, stride, times):
        super().__init__()
        h = i * times
        expand = [conv(i, h, 1, 1)] if times > 1 else []
        self.body = nn.Sequential(*expand, conv(h, h, 3, stride, h), conv(h, o, 1, 1, active=False))
        self.residual = stride == 1 and i == o

    def forward(self, x):
        return x + self.body(x) if self.residual else self.body(x)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem, self.blocks, i = conv(3, 32, 3, 2), nn.ModuleList(), 32
        for times, o, count, stride in SETTINGS:
            for j in range(count):
                self.blocks.append(Block(i, o, stride if j == 0 else 1, times))
                i = o

    def forward(self, x):
        x, taps = self.stem(x), []
        for n, block in enumerate(self.blocks):
            x = block(x)
            if n in TAPS:
                taps.append(x.mean((2, 3)))
        return torch.cat(taps, 1)


def main():
    side, seconds = int(sys.argv[1]), float(sys.argv[2])
    net, best = Net().eval(), 0.0
    with torch.inference_mode():
        for threads in sorted({1, len(os.sched_getaffinity(0))}):
            torch.set_num_threads(threads)
            for layout in (torch.contiguous_format, torch.channels_last):
                net = net.to(memory_format=layout)
                for batch in (1, 4, 16):
                    x = (torch.rand(batch, 3, side, side) * 2 - 1).to(memory_format=layout)
                    net(x)
                    start, done = time.perf_counter(), 0
                    while time.perf_counter() - start < seconds / 4:
                        net(x)
                        done += batch
                    best = max(best, done / (time.perf_counter() - start))
    print(f"{best:.2f}")


if __name__ == "__main__":
    main()
