# SPDX-License-Identifier: Apache-2.0
"""Time of one attribution query over 100,000 rows against NumPy on the same numbers: medians over interleaved rounds,
one thread each, with the time in which the same core only reads the index.

NumPy has the rows in two forms. As they are stored, 16-bit integers: exact, a matrix product in 64-bit integers for
each class, then the product with delta. And as 32-bit floats, which BLAS multiplies: twice the bytes, and not exact.
Both end with the leave-one-out factor of positive rows, as ours does; the sums by contribution are left out of theirs.
"""

import argparse
import json
import os
import statistics
import subprocess
import tempfile
import time

for threads in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[threads] = "1"

import numpy  # noqa: E402  (after the threads are fixed)

# classes and features
SHAPES = [(10, 32), (10, 64), (16, 127)]
RUNS = 7


class Ours:
    """The bench program of the index, a round at a time."""

    def __init__(self, command, classes, dims, folder):
        self.process = subprocess.Popen(
            [*command, str(classes), str(dims), folder], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.ready = self.line()

    def line(self):
        # cargo writes lines of its own
        for line in self.process.stdout:
            if line.startswith("{"):
                return json.loads(line)
        raise RuntimeError("the bench ended early")

    def round(self):
        self.process.stdin.write("round\n")
        self.process.stdin.flush()
        return self.line()

    def close(self):
        self.process.stdin.close()
        self.process.wait(timeout=60)


def median_us(call):
    call()
    times = []
    for _ in range(RUNS):
        start = time.perf_counter_ns()
        call()
        times.append((time.perf_counter_ns() - start) / 1000)
    return statistics.median(times)


def numpy_forms(folder, classes, width):
    """The two forms as calls, and the sum of the exact one's scores."""
    read = lambda name, kind: numpy.fromfile(os.path.join(folder, name), dtype=kind)  # noqa: E731
    influence, loo, delta, features = (
        read("influence", "<i2").reshape(-1, classes * width),
        read("loo", "<u2"),
        read("delta", "<i2").astype(numpy.int64),
        read("features", "<i2"),
    )
    inputs = numpy.append(features, numpy.int16(4096)).astype(numpy.int64)
    by_class = influence.reshape(-1, classes, width)
    floats = influence.astype(numpy.float32)
    query = numpy.outer(delta, inputs).astype(numpy.float32).ravel()

    def exact():
        help_ = (by_class @ inputs) @ delta
        # the product exceeds 64 bits: high and low part apart
        high, low = help_ >> 16, help_ & 0xFFFF
        paid = high * loo.astype(numpy.int64) + ((low * loo.astype(numpy.int64)) >> 16)
        return numpy.where(help_ > 0, paid, help_)

    def blas():
        help_ = floats @ query
        return numpy.where(help_ > 0, help_ * (loo * numpy.float32(2**-16)), help_)

    return exact, blas, int(exact().sum())


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="rounds of each shape")
    parser.add_argument("command", nargs="+", help="how to start the bench program; the shape is added")
    arguments = parser.parse_args()
    print(f"NumPy {numpy.__version__}, {arguments.rounds} rounds\n")
    print("| numbers a row | MiB | kernel | ms | of the reading speed | NumPy int16, ms | ratio | NumPy float32, ms | ratio |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- | --- |")
    for classes, dims in SHAPES:
        width = dims + 1
        with tempfile.TemporaryDirectory() as folder:
            ours = Ours(arguments.command, classes, dims, folder)
            exact, blas, total = numpy_forms(folder, classes, width)
            if (total - ours.ready["sum"]) % 2**64:
                raise SystemExit(f"{classes} x {width}: NumPy's scores sum to {total}, ours to {ours.ready['sum']}")
            rounds = []
            for _ in range(arguments.rounds):
                rounds.append({**ours.round(), "exact": median_us(exact), "blas": median_us(blas)})
            ours.close()
        middle = lambda of: statistics.median(of(each) for each in rounds)  # noqa: E731
        mebibytes = 100_000 * (12 + 2 * classes * width) / 2**20
        for kernel in [name for name in rounds[0] if name not in ("read", "exact", "blas")]:
            print(
                f"| {classes * width} | {mebibytes:.0f} | {kernel} | {middle(lambda r: r[kernel]) / 1000:.1f} "
                f"| {middle(lambda r: r['read'] / r[kernel]):.0%} "
                f"| {middle(lambda r: r['exact']) / 1000:.1f} | {middle(lambda r: r['exact'] / r[kernel]):.1f} "
                f"| {middle(lambda r: r['blas']) / 1000:.1f} | {middle(lambda r: r['blas'] / r[kernel]):.1f} |"
            )


if __name__ == "__main__":
    main()
