"""A replica with a fixed number of requests in flight: TPOT, a range of TTFT, and throughput."""

from __future__ import annotations

from dataclasses import dataclass

from planner.service.hosted.served_model import ServedModel
from planner.service.hosted.step_time import Rates, chunk_s, prefill_s, step_s

TTFT_PER_REQUEST = 0.10  # share of a prefill that every other request in flight adds to the first token
TTFT_FLOOR_S = 0.066  # client, HTTP, tokenizer, scheduler
TTFT_ERROR = 0.40  # the formula's own error on published rows is 30 to 40 %, so TTFT is only ever a range


@dataclass(frozen=True)
class ClosedLoop:
    """The steady state with N requests in flight, each answered request replaced at once."""

    in_flight: float
    tpot_s: float
    ttft_s: float  # the middle of a range of ± TTFT_ERROR
    output_tok_s: float  # of the whole replica
    prefill_share: float  # of the replica's time that goes into prompts

    @property
    def ttft_range_s(self) -> tuple[float, float]:
        """From and to, in s."""
        return self.ttft_s * (1 - TTFT_ERROR), self.ttft_s * (1 + TTFT_ERROR)

    @property
    def tok_s_per_request(self) -> float:
        """What one reader sees, 1/TPOT."""
        return 1.0 / self.tpot_s


def closed_loop(
    model: ServedModel, reached: Rates, in_flight: float, input_tokens: float, output_tokens: float
) -> ClosedLoop:
    """TPOT = step + (N/O)·prefill; TTFT ≈ prefill·(1 + 0.10·N) + 66 ms; N·O/(TTFT + (O − 1)·TPOT) (service.md).

    The step is taken at the mean context, input + output/2.
    """
    decode_s = step_s(model, reached, in_flight, input_tokens + output_tokens / 2.0)
    prompt_s = prefill_s(model, reached, input_tokens)
    prompts_s = in_flight / output_tokens * prompt_s
    tpot_s = decode_s + prompts_s
    ttft_s = prompt_s * (1.0 + TTFT_PER_REQUEST * in_flight) + TTFT_FLOOR_S
    return ClosedLoop(
        in_flight=in_flight,
        tpot_s=tpot_s,
        ttft_s=ttft_s,
        output_tok_s=in_flight * output_tokens / (ttft_s + (output_tokens - 1.0) * tpot_s),
        prefill_share=prompts_s / tpot_s,
    )


def static_batch_tok_s(
    model: ServedModel, reached: Rates, batch: float, input_tokens: float, output_tokens: float
) -> float:
    """Output tok/s of N requests started together: N·O/(prefill of all prompts + (O − 1)·step).

    So measured by benchmarks that run one batch after another; nothing joins or leaves on the way.
    """
    decode_s = step_s(model, reached, batch, input_tokens + output_tokens / 2.0)
    prompts_s = batch * chunk_s(model, reached, input_tokens) + reached.overhead_s
    return batch * output_tokens / (prompts_s + (output_tokens - 1.0) * decode_s)
