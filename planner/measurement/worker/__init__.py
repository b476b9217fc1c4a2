"""The measuring child, the only package that loads onnxruntime: one request on stdin, what happened on stdout.

Every process start pays for what is imported here: numpy, onnxruntime and little else (no onnx, no pydantic).
"""
