"""The whole way on a fresh server: `python3 example.py IMAGES OUT`, with PUPIL_URL and PUPIL_TOKEN set.

IMAGES is a folder or zip with a folder for each class; images outside of them are what the model shall label.
"""

import os
import sys
from pathlib import Path
from typing import Any

from pupil import Pupil

images, out = Path(sys.argv[1]), Path(sys.argv[2])
pupil = Pupil(os.environ["PUPIL_URL"], os.environ["PUPIL_TOKEN"])

# Import, as proposed: nothing is stored before the second line.
project = pupil.create_project("By Python")
proposal = pupil.propose(project, images)["proposal"]
print("classes:", ", ".join(one["name"] for one in proposal["classes"]))
taken = pupil.import_files(project, images, layout=proposal["layout"], progress=print)
print(f"{taken['imported']} images, {taken['labeled']} labels, {taken['failed']} not taken")

# Labels: a row each; pandas.DataFrame(rows) is a table.
rows = pupil.labels(project)
print(f"{len(rows)} labels, {sum(row['split'] == 'validation' for row in rows)} of them measure the model")

# A run. config as it is gives the recommended one; its teacher alone, briefly, is a quick look.
config: Any = pupil.run_plan(project)["config"]
config.update(chain=[{**config["chain"][0], "members": 1}], teacherSteps=40)
run = pupil.run_start(project, config, name="A quick look")["runId"]
pupil.wait_for_run(project, run, progress=print)
for one in pupil.rounds(project, run):
    print(f"{one['round']}: {one['accuracy']:.0%} ({one['low']:.0%} to {one['high']:.0%}) of {one['images']} images")

# Predictions, and the model to take along.
for path in sorted(images.rglob("*.png"))[:3]:
    answer = pupil.predict(project, path, top=2)
    print(f"{path.name}: {answer['class']} {answer['probability']:.2f}")
print(pupil.export_model(project, pupil.rounds(project, run)[-1]["round_id"], out / "model.zip", progress=print))
