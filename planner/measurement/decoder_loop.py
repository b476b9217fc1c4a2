"""How a decoder is driven token by token: its inputs, its KV cache, and when each token came out."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

FLOATS = {"fp32": np.float32, "fp16": np.float16}
INTEGERS = {"tensor(int64)": np.int64, "tensor(int32)": np.int32}
CPU = "cpu"


class NodeArg(Protocol):
    """Name and type of a graph input, as onnxruntime reports it."""

    @property
    def name(self) -> str: ...
    @property
    def type(self) -> str: ...


class Binding(Protocol):
    """The part of onnxruntime's IOBinding that the loop uses."""

    def bind_input(self, name: str, *place: Any) -> None: ...
    def bind_output(self, name: str, *place: Any) -> None: ...
    def bind_ortvalue_input(self, name: str, ortvalue: Any) -> None: ...
    def get_outputs(self) -> Sequence[Any]: ...


class Session(Protocol):
    """The part of onnxruntime's InferenceSession that the loop uses."""

    def get_inputs(self) -> Sequence[NodeArg]: ...
    def io_binding(self) -> Any: ...
    def run_with_iobinding(self, iobinding: Any) -> None: ...


@dataclass(frozen=True)
class DecoderGraph:
    """What the loop must know of the graph; names are patterns with `{layer}`."""

    input_ids: str
    attention_mask: str | None
    position_ids: str | None
    use_cache_branch: str | None
    past_key: str
    past_value: str
    logits: str
    present_key: str
    present_value: str
    layers: int
    kv_heads: int
    head_dim: int
    vocab: int
    kv_format: str
    logits_format: str
    last_logits_only: bool
    share_kv_buffer: bool


class DecoderLoop:
    """Greedy generation with a KV cache, in place where the graph allows it; end-of-sequence is ignored.

    In place (GroupQueryAttention): past and present are one buffer of full length, written where the mask's length
    says. Otherwise every step's present becomes the next step's past.
    """

    def __init__(self, session: Session, graph: DecoderGraph, max_tokens: int) -> None:
        self._session = session
        self._graph = graph
        self._length = 0
        types = {each.name: INTEGERS.get(each.type, np.int64) for each in session.get_inputs()}
        self._ids_type = types[graph.input_ids]
        self._mask = np.ones((1, max_tokens), types.get(graph.attention_mask or "", np.int64))
        self._positions = np.arange(max_tokens, dtype=types.get(graph.position_ids or "", np.int64)).reshape(1, -1)
        self._pairs = [
            (past.format(layer=layer), present.format(layer=layer))
            for layer in range(graph.layers)
            for past, present in ((graph.past_key, graph.present_key), (graph.past_value, graph.present_value))
        ]
        kv_shape = (1, graph.kv_heads, max_tokens if graph.share_kv_buffer else 1, graph.head_dim)
        self._buffers = [
            np.zeros(kv_shape, FLOATS[graph.kv_format]) for _ in range(len(self._pairs) if graph.share_kv_buffer else 1)
        ]
        self._presents: Sequence[Any] = ()  # the last step's, where they are not in place
        self._prompt: tuple[int, Sequence[Any]] = (0, ())  # length and presents behind the last prompt
        self._cached = np.zeros(1, np.bool_)
        self._step_ids = np.zeros((1, 1), self._ids_type)
        self._step_logits = np.empty((1, 1, graph.vocab), FLOATS[graph.logits_format])
        self._bound_ids: NDArray[Any] | None = None  # the binding's; kept here, so no other array can pass for it
        self._binding: Binding = session.io_binding()
        if graph.share_kv_buffer:  # bound once: a step must not pay for it
            for (past, present), buffer in zip(self._pairs, self._buffers, strict=True):
                _bind_input(self._binding, past, buffer, buffer.shape)
                _bind_output(self._binding, present, buffer)

    def prefill(self, prompt: NDArray[np.int64]) -> int:
        """Read a prompt from an empty KV cache; returns the first token of the answer."""
        self._length = 0
        self._presents = ()
        rows = 1 if self._graph.last_logits_only else prompt.size
        logits = self._step_logits if rows == 1 else np.empty((1, rows, self._graph.vocab), self._step_logits.dtype)
        token = self._forward(np.ascontiguousarray(prompt.reshape(1, -1), dtype=self._ids_type), logits)
        self._prompt = self._length, self._presents
        return token

    def rewind(self) -> None:
        """Back to where the last prompt was read: steps taken since are forgotten, their cache is written over."""
        self._length, self._presents = self._prompt

    def decode(self, token: int, steps: int) -> tuple[list[float], list[int]]:
        """Single-token steps from `token` on: when each token came out (s from the first step's start), and which."""
        times_ns: list[int] = []
        tokens: list[int] = []
        start_ns = time.perf_counter_ns()
        for _ in range(steps):
            self._step_ids[0, 0] = token
            token = self._forward(self._step_ids, self._step_logits)
            times_ns.append(time.perf_counter_ns())
            tokens.append(token)
        return [(each - start_ns) / 1e9 for each in times_ns], tokens

    def _forward(self, ids: NDArray[Any], logits: NDArray[Any]) -> int:
        graph, binding = self._graph, self._binding
        total = self._length + ids.size
        if ids is not self._bound_ids:  # single-token steps share two arrays, bound once: every call costs microseconds
            _bind_input(binding, graph.input_ids, ids, ids.shape)
            _bind_output(binding, graph.logits, logits)
            self._bound_ids = ids
        if graph.attention_mask is not None:
            _bind_input(binding, graph.attention_mask, self._mask, (1, total))
        if graph.position_ids is not None:
            _bind_input(binding, graph.position_ids, self._positions[:, self._length : total], ids.shape)
        if graph.use_cache_branch is not None:
            self._cached[0] = self._length > 0
            _bind_input(binding, graph.use_cache_branch, self._cached, (1,))
        if not graph.share_kv_buffer:
            self._bind_past(binding)
        self._session.run_with_iobinding(binding)
        if not graph.share_kv_buffer:
            self._presents = binding.get_outputs()[1:]
        self._length = total
        return int(logits[0, -1].argmax())

    def _bind_past(self, binding: Binding) -> None:
        """The last step's present is this step's past; new presents are allocated by the runtime."""
        graph = self._graph
        # A merged decoder ignores the past on its first pass but not its length; other graphs take an empty one.
        empty = (1, graph.kv_heads, 0 if graph.use_cache_branch is None else 1, graph.head_dim)
        for number, (past, present) in enumerate(self._pairs):
            if self._presents:
                binding.bind_ortvalue_input(past, self._presents[number])
            else:
                _bind_input(binding, past, self._buffers[0], empty)
            binding.bind_output(present, CPU)


def _bind_input(binding: Binding, name: str, array: NDArray[Any], shape: Sequence[int]) -> None:
    binding.bind_input(name, CPU, 0, array.dtype.type, shape, array.ctypes.data)


def _bind_output(binding: Binding, name: str, array: NDArray[Any]) -> None:
    binding.bind_output(name, CPU, 0, array.dtype.type, array.shape, array.ctypes.data)
