# SPDX-License-Identifier: Apache-2.0
"""Spans of the same answers over the same text by infini-gram: its `attribute`, on the core that the caller gives.

Its `mean_us` is what all its threads used of the processor, as benches/spans.rs counts; `median_us` is of the clock.
Reads the folder that benches/spans.rs leaves, builds infini-gram's index in it and checks that both find the same
spans with the same counts.
"""

import argparse
import contextlib
import io
import json
import os
import statistics
import time

import numpy
from infini_gram import indexing
from infini_gram.engine import InfiniGramEngine

SEPARATOR = 65_535
MIN_TOKENS = 5
# more than any token of the text has, so that nothing is dropped
MAX_COUNT = 1 << 40
MEMORY_GIB = 8


def tokens(path):
    return numpy.fromfile(path, dtype="<u2")


def processor_s():
    """What this process, its threads and its children have used of a processor."""
    return sum(os.times()[:4])


def expected_spans(folder):
    """Start, end and count of each span, a list for each answer."""
    with open(os.path.join(folder, "spans"), encoding="ascii") as file:
        numbers = [[int(number) for number in line.split()] for line in file]
    return [list(zip(line[::3], line[1::3], line[2::3])) for line in numbers]


def build(folder):
    """Infini-gram's files: a separator before each document, and where each starts, in bytes."""
    index = os.path.join(folder, "infini-gram")
    os.makedirs(index, exist_ok=True)
    text = tokens(os.path.join(folder, "documents"))
    turned = numpy.concatenate(([SEPARATOR], text[:-1])).astype("<u2")
    turned.tofile(os.path.join(index, "tokenized.0"))
    (numpy.flatnonzero(turned == SEPARATOR) * 2).astype("<u8").tofile(os.path.join(index, "offset.0"))
    counts = numpy.bincount(turned, minlength=SEPARATOR + 1)
    with open(os.path.join(index, "unigram.0"), "w", encoding="ascii") as file:
        file.writelines(f"{token} {count}\n" for token, count in enumerate(counts) if count)
    options = argparse.Namespace(
        save_dir=index, temp_dir=index, worker_id=0, workers=1, shards=1, cpus=1, mem=MEMORY_GIB, token_width=2
    )
    start = processor_s()
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        indexing.build_sa(options)
    return index, processor_s() - start


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", help="where benches/spans.rs left text and answers; absolute")
    folder = parser.parse_args().folder
    index, build_s = build(folder)
    engine = InfiniGramEngine(
        index_dir=index, eos_token_id=SEPARATOR - 1, load_to_ram=True, precompute_unigram_logprobs=True
    )
    ends = tokens(os.path.join(folder, "answers"))
    answers = [part[part != SEPARATOR].tolist() for part in numpy.split(ends, numpy.flatnonzero(ends == SEPARATOR))]
    times, spans, used = [], 0, 0.0
    for answer, expected in zip(filter(None, answers), expected_spans(folder), strict=True):
        start, start_used = time.perf_counter(), time.process_time()
        found = engine.attribute(
            input_ids=answer, delim_ids=[], min_len=MIN_TOKENS, max_cnt=MAX_COUNT, enforce_bow=False
        )
        times.append(time.perf_counter() - start)
        used += time.process_time() - start_used
        if [(span["l"], span["r"], span["count"]) for span in found["spans"]] != expected:
            raise SystemExit(f"spans differ: {found['spans']} and {expected}")
        spans += len(expected)
    print(
        json.dumps(
            {
                "software": "infini-gram",
                "build_s": round(build_s, 2),
                "answers": len(times),
                "mean_us": round(used / len(times) * 1e6),
                "median_us": round(statistics.median(times) * 1e6),
                "spans_an_answer": round(spans / len(times), 1),
            }
        )
    )


if __name__ == "__main__":
    main()
