"""Optional: loads an exported SavedModel with TensorFlow and compares it with what scripts/verify-export.ts wrote.

python bench/check-saved-model.py DIR [TOLERANCE]      (needs: pip install tensorflow-cpu)

DIR holds saved_model.pb, pixels.f32, probabilities.f32 and shape.json. Ends non-zero when a class differs or a
probability is further away than the tolerance (1e-4).
"""
import json
import sys
from pathlib import Path

import numpy as np
import tensorflow as tf

folder = Path(sys.argv[1])
tolerance = float(sys.argv[2]) if len(sys.argv) > 2 else 1e-4
shape = json.loads((folder / "shape.json").read_text())
pixels = np.fromfile(folder / "pixels.f32", dtype="<f4").reshape(shape["input"])
wanted = np.fromfile(folder / "probabilities.f32", dtype="<f4").reshape(shape["output"])

# Both doors: what tf.saved_model.load gives, and the session that TensorFlow 1 and serving tools open.
model = tf.saved_model.load(str(folder))
loaded = model.signatures["serving_default"](pixels=tf.constant(pixels))["probabilities"].numpy()
with tf.compat.v1.Session(graph=tf.Graph()) as session:
    meta = tf.compat.v1.saved_model.load(session, ["serve"], str(folder))
    signature = meta.signature_def["serving_default"]
    session_given = session.run(signature.outputs["probabilities"].name, {signature.inputs["pixels"].name: pixels})

failed = False
for name, given in {"tf.saved_model.load": loaded, "tf.compat.v1.saved_model.load": session_given}.items():
    difference = float(np.abs(given - wanted).max())
    same = int((given.argmax(1) == wanted.argmax(1)).sum())
    passed = same == len(wanted) and difference <= tolerance
    failed |= not passed
    report = {"runtime": f"TensorFlow {tf.__version__}, {name}", "images": len(wanted), "sameClass": same}
    print(json.dumps({**report, "maxDifference": difference, "passed": passed}))
sys.exit(1 if failed else 0)
