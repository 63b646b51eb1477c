"""Products of whole numbers in onnxruntime: four times as fast as numpy's of floats."""

from base64 import b64decode

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from core.token_codec import IntegerProduct

GRAPH = (
    "CAk6kgEKJwoEcm93cwoHY29sdW1ucxIHcHJvZHVjdCINTWF0TXVsSW50ZWdlchIPaW50ZWdlcl9wcm9kdWN0WhoKBH"
    "Jvd3MSEgoQCAISDAoDEgFuCgUSA2RpbVodCgdjb2x1bW5zEhIKEAgDEgwKBRIDZGltCgMSAW1iGwoHcHJvZHVjdBIQ"
    "Cg4IBhIKCgMSAW4KAxIBbUIECgAQEQ=="
)
"""MatMulInteger of uint8 (n, dim) and int8 (dim, m); `onnx` takes long to load, so it is ready."""


def open_integer_product() -> IntegerProduct:
    """One that any number of threads may call at once, each of which does its own work.

    Exact for rows up to 128 and columns from -127: without VNNI, processors add two products in
    16 bits.
    """
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(
        b64decode(GRAPH), options, providers=["CPUExecutionProvider"]
    )

    def multiply(rows: NDArray[np.uint8], columns: NDArray[np.int8]) -> NDArray[np.int32]:
        [product] = session.run(None, {"rows": rows, "columns": columns})
        return np.asarray(product, dtype=np.int32)

    return multiply
