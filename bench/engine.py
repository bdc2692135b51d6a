# SPDX-License-Identifier: Apache-2.0
"""Latency of our engine against onnxruntime on one ONNX file: medians over interleaved rounds, one thread each.

Both time single calls: ours `Model::run`, which also checks that every number is finite, onnxruntime's
`InferenceSession.run` on a numpy array, and the same with input and output bound before, which leaves out most of
what Python costs.
"""

import argparse
import json
import statistics
import subprocess
import time

import numpy
import onnxruntime

# rows of a batch, and runs of a round
SIZES = [(1, 2000), (64, 500)]
PIXELS = 64
# features are rounded to 12 fraction bits; a difference this small seldom shows even there
TOLERANCE = 1e-5


def pixels(rows):
    """The numbers that benches/latency.rs makes."""
    flat = (numpy.arange(rows * PIXELS) * 7919) % 17
    return flat.astype(numpy.float32).reshape(rows, PIXELS)


def median_ns(call, runs):
    call()
    times = []
    for _ in range(runs):
        start = time.perf_counter_ns()
        call()
        times.append(time.perf_counter_ns() - start)
    return statistics.median(times)


def one_thread_session(path):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.execution_mode = onnxruntime.ExecutionMode.ORT_SEQUENTIAL
    return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])


def calls(session, rows):
    """A plain call and one with bound buffers, and the plain one's first row."""
    name, out = session.get_inputs()[0].name, session.get_outputs()[0].name
    batch = pixels(rows)
    binding = session.io_binding()
    binding.bind_cpu_input(name, batch)
    binding.bind_output(out)
    first = session.run([out], {name: batch})[0][0]
    return (lambda: session.run([out], {name: batch})), (lambda: session.run_with_iobinding(binding)), first


class Ours:
    """The bench program of the engine, a round at a time."""

    def __init__(self, command):
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def round(self, rows, runs):
        self.process.stdin.write(f"{rows} {runs}\n")
        self.process.stdin.flush()
        # cargo writes lines of its own
        for line in self.process.stdout:
            if line.startswith("{"):
                return json.loads(line)
        raise RuntimeError("the engine's bench ended early")

    def close(self):
        self.process.stdin.close()
        self.process.wait(timeout=60)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", required=True, help="the ONNX file")
    parser.add_argument("--rounds", type=int, default=15, help="rounds of each size")
    parser.add_argument("command", nargs="+", help="how to start the engine's bench; the model is added")
    arguments = parser.parse_args()
    session = one_thread_session(arguments.model)
    ours = Ours([*arguments.command, arguments.model])
    times = {rows: {"ours": [], "plain": [], "bound": []} for rows, _ in SIZES}
    theirs = {rows: calls(session, rows) for rows, _ in SIZES}
    for _ in range(arguments.rounds):
        for rows, runs in SIZES:
            plain, bound, first = theirs[rows]
            answer = ours.round(rows, runs)
            difference = float(numpy.max(numpy.abs(first - numpy.array(answer["first"], dtype=numpy.float32))))
            if difference > TOLERANCE:
                raise SystemExit(f"{rows} rows: the outputs differ by {difference}")
            times[rows]["ours"].append(answer["median_ns"])
            times[rows]["plain"].append(median_ns(plain, runs))
            times[rows]["bound"].append(median_ns(bound, runs))
    ours.close()
    print(f"onnxruntime {onnxruntime.__version__}, {arguments.rounds} rounds\n")
    print("| digits | engine, µs | onnxruntime, µs | ratio | onnxruntime with bound buffers, µs | ratio |")
    print("| --- | --- | --- | --- | --- | --- |")
    for rows, by in times.items():
        ours_us, plain_us, bound_us = (statistics.median(by[who]) / 1000 for who in ("ours", "plain", "bound"))
        # a pair's two halves ran within milliseconds of each other
        ratio, ratio_bound = (
            statistics.median(a / b for a, b in zip(by["ours"], by[who])) for who in ("plain", "bound")
        )
        print(f"| {rows} | {ours_us:.1f} | {plain_us:.1f} | {ratio:.2f} | {bound_us:.1f} | {ratio_bound:.2f} |")


if __name__ == "__main__":
    main()
