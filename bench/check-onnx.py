"""Optional: checks an exported model.onnx with ONNX's own checker and shape inference.

python bench/check-onnx.py model.onnx      (needs: pip install onnx)
"""
import sys

import onnx

for path in sys.argv[1:]:
    model = onnx.load(path)
    onnx.checker.check_model(model, full_check=True)
    opset = {entry.domain or "ai.onnx": entry.version for entry in model.opset_import}
    print(f"{path}: ok, opset {opset}, {len(model.graph.node)} nodes, {len(model.graph.initializer)} initializers")
