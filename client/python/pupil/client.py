"""Everything that a program does with Pupil: import, labels, runs, predictions, exports."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import json
import os
import tempfile
import threading
import time
import zipfile
from pathlib import Path
from typing import Any, Callable, Iterable, Mapping, Union

from .procedures import Procedures
from .transport import OMIT, Counted, PupilError, Transport
from .types import Import, PictureAnswer, Run

#: Said while something is under way, a sentence at a time; `print` will do.
Progress = Callable[[str], Any]
Picture = Union[str, Path, bytes]

#: Pictures of one request, and their bytes.
BATCH = 32
BATCH_BYTES = 20 * 2**20
ENDED = ("finished", "cancelled", "failed")


class Pupil(Procedures):
    """A Pupil server, seen as the member who made the token.

    >>> pupil = Pupil("http://localhost:3000", os.environ["PUPIL_TOKEN"])
    >>> project = pupil.create_project("Birds")
    >>> pupil.import_files(project, "birds/", progress=print)
    """

    def __init__(self, url: str, token: str, timeout: float = 60.0) -> None:
        super().__init__(Transport(url, token, timeout))

    def create_project(self, name: str, classes: Iterable[str] = ()) -> str:
        """Makes a project in the token's organization and gives its id."""
        me = self.people_me()
        if me is None:
            raise PupilError("UNAUTHORIZED", "The token is not known. Make one on the Tokens page.", 401)
        organization = me["memberships"][0]["organizationId"]
        return self.project_create(organization, name, classes=list(classes))["projectId"]

    # Import

    def propose(self, project_id: str, source: str | Path, **choice: Any) -> dict[str, Any]:
        """What a folder or zip would be understood as: classes with counts, splits, what does not fit.

        Nothing is stored. `layout` and `names` choose as in `import_files`; the answer has `proposal` and `refused`.
        """
        self.transport.query("image.imports", {"projectId": project_id})
        with _Packed(source) as (_, file, size):
            query = {"name": "upload.zip", "kind": "zip", "dryRun": "1", **_choice(**choice)}
            return self._put(project_id, "proposal", query, file, size)

    def import_files(
        self,
        project_id: str,
        source: str | Path,
        *,
        layout: str | None = None,
        names: Mapping[str, str | None] | None = None,
        labels: bool = True,
        progress: Progress | None = None,
    ) -> Import:
        """Imports a folder or zip with the labels that its folders or label files tell, as `propose` shows them.

        `layout` is one of the proposal's (`tables`, `folders-0`, `none`), `names` gives classes other names, or None
        to leave their images unlabeled. Files that cannot be taken stand in the answer's `errors`.
        """
        with _Packed(source) as (name, file, size):
            query = {"name": name, "kind": "zip", "folderLabels": "1" if labels else "0", **_choice(layout, names)}
            return self._import(project_id, name, lambda say: self._send(project_id, query, file, size, say), progress)

    def import_labels(self, project_id: str, rows: Iterable[Mapping[str, Any]]) -> Import:
        """Labels images that the project has: rows with `file` and `class`, such as of `labels()` after a change."""
        text = io.StringIO()
        table = csv.DictWriter(text, ["file", "class"], extrasaction="ignore")
        table.writeheader()
        table.writerows(row for row in rows if row.get("class"))
        data = text.getvalue().encode()
        query = {"name": "labels.csv", "kind": "labels"}
        return self._import(
            project_id, "labels.csv", lambda say: self._send(project_id, query, io.BytesIO(data), len(data), say), None
        )

    def _import(
        self, project_id: str, name: str, work: Callable[[Callable[..., str]], Any], progress: Progress | None
    ) -> Import:
        import_id = self.image_start_import(project_id, name, None)["id"]
        done = threading.Event()

        def watch() -> None:
            last = ""
            while not done.wait(1.0):
                try:
                    row = self.image_get_import(project_id, import_id)
                except PupilError:
                    continue
                told = f"{row['imported'] + row['duplicates'] + row['failed']} of {row['total'] or '?'} files taken"
                if row["total"] and told != last and progress:
                    progress(told)
                last = told

        def say(text: str | None = None) -> str:
            _say(progress, text)
            return import_id

        watching = threading.Thread(target=watch, daemon=True)
        try:
            if progress:
                watching.start()
            work(say)
        except BaseException as error:
            try:
                self.image_fail_import(project_id, import_id, str(error) or type(error).__name__)
            except PupilError:
                pass  # The first error counts, also where the server cannot be told of it.
            raise
        finally:
            done.set()
        return self.image_end_import(project_id, import_id)

    def _send(self, project_id: str, query: dict[str, str], file: Any, size: int, say: Callable[..., str]) -> Any:
        tenths = -1

        def told(at: int) -> None:
            nonlocal tenths
            if size > 2**20 and 10 * at // size > tenths:
                tenths = 10 * at // size
                say(f"{100 * at // size}% of {size / 2**20:.1f} MiB sent")

        return self._put(project_id, say(), query, Counted(file, told), size)

    def _put(self, project_id: str, import_id: str, query: dict[str, str], file: Any, size: int) -> Any:
        path = f"/api/projects/{project_id}/imports/{import_id}/file"
        headers = {"content-type": "application/octet-stream", "content-length": str(size)}
        # Reading a large zip takes the server a while after the last byte.
        with self.transport.send("PUT", path, query, file, headers, timeout=3600) as answer:
            return json.load(answer)

    # Labels

    def labels(
        self,
        project_id: str,
        *,
        round_id: str | None = None,
        annotators: bool = False,
        unlabeled: bool = False,
        snapshot_id: str | None = None,
    ) -> list[dict[str, Any]]:
        """A row for each label, ready for `pandas.DataFrame`.

        `round_id` adds that round's answer with its confidence where people gave none, `annotators` each person's
        own, `unlabeled` a row without a class for images that have no label.
        """
        query = {"format": "json", "annotators": str(int(annotators)), "unlabeled": str(int(unlabeled))}
        query.update({k: v for k, v in (("roundId", round_id), ("snapshotId", snapshot_id)) if v})
        with self.transport.send("GET", f"/api/projects/{project_id}/exports/labels", query, again=True) as answer:
            told = json.load(answer)
        return [_row(image, label) for image in told["images"] for label in image["labels"] or [None]]

    def export_labels(self, project_id: str, format: str, to: str | Path, **query: str) -> Path:
        """Saves the labels in one of the formats of the Data page: csv, json, coco, imagefolder, yolo, …"""
        path = f"/api/projects/{project_id}/exports/labels"
        return self._download(path, Path(to), {"format": format, **query})

    # Runs

    def wait_for_run(
        self, project_id: str, run_id: str, *, progress: Progress | None = None, poll: float = 2.0
    ) -> Run:
        """Waits until a run has ended, and tells how it goes. One that waits for people's answers is waited for."""
        last = ""
        cursor: dict[str, Any] | None = None
        while True:
            run = self.run_get(project_id, run_id)
            points = self.run_curve(project_id, run_id, cursor=cursor or OMIT)
            if points:
                cursor = {"roundId": points[-1]["roundId"], "step": points[-1]["step"]}
            told = _tell(run, cursor)
            if told != last:
                _say(progress, told)
            last = told
            if run["status"] == "failed":
                raise PupilError("RUN_FAILED", run["message"] or "The run failed.")
            if run["status"] in ENDED:
                return run
            time.sleep(poll)

    def rounds(self, project_id: str, run_id: str) -> list[dict[str, Any]]:
        """A row for each round with its figures, ready for `pandas.DataFrame`; accuracies are 0 to 1."""
        return [
            {
                "round_id": row["id"],
                "round": _round_name(row),
                "role": row["role"],
                "model": row["model"],
                "stage": row["stage"],
                "verdict": row["verdict"],
                "why": row["verdictReason"],
                **_figures(row["metrics"] or {}),
            }
            for row in self.run_get(project_id, run_id)["rounds"]
        ]

    # Predictions

    def predict(
        self,
        project_id: str,
        pictures: Picture | Iterable[Picture],
        *,
        round_id: str | None = None,
        top: int | None = None,
        embedding: bool = False,
    ) -> Any:
        """What the project's model, or a round of it, says of a picture: bytes, a path, or an http(s) address.

        Of several it gives a list, in which a picture that cannot be read has an `error`; of a single one that
        raises. While the server makes the model ready it is waited for.
        """
        query = {"round": round_id, "top": top and str(top), "embedding": "1" if embedding else None}
        wanted = {name: value for name, value in query.items() if value}
        if isinstance(pictures, (str, Path, bytes)):
            return self._ask(project_id, wanted, [_fetched(pictures)])[0]
        answers: list[PictureAnswer] = []
        batch: list[str | bytes] = []
        held = 0
        for picture in pictures:
            data = _fetched(picture)
            if batch and (len(batch) == BATCH or held + len(data) > BATCH_BYTES):
                answers += self._ask(project_id, wanted, batch)
                batch, held = [], 0
            batch.append(data)
            held += len(data)
        return answers + (self._ask(project_id, wanted, batch) if batch else [])

    def _ask(self, project_id: str, query: dict[str, str], batch: list[str | bytes]) -> list[PictureAnswer]:
        body = json.dumps({"images": [_image(picture) for picture in batch]}).encode()
        path = f"/api/projects/{project_id}/predict"
        headers = {"content-type": "application/json"}
        with self.transport.send("POST", path, query, body, headers, again=True, timeout=120) as answer:
            return json.load(answer)["results"]

    # Models

    def export_model(
        self,
        project_id: str,
        round_id: str,
        to: str | Path,
        *,
        format: Any = "onnx",
        progress: Progress | None = None,
        poll: float = 1.0,
    ) -> Path:
        """Has a model file of a round made, waits for it, and saves it (a zip) once its SHA-256 is right."""
        Path(to).parent.mkdir(parents=True, exist_ok=True)
        export_id = self.export_request_model(project_id, round_id, format)["exportId"]
        last = ""
        while True:
            row = next(row for row in self.export_list_models(project_id) if row["id"] == export_id)
            if row["status"] != last:
                _say(progress, f"{row['title']}: {row['status']}")
            last = row["status"]
            if last == "failed":
                raise PupilError("EXPORT_FAILED", row["message"] or "The export failed.")
            if last == "ready":
                path = f"/api/projects/{project_id}/exports/{export_id}/file"
                return self._download(path, Path(to), {}, row["sha256"])
            time.sleep(poll)

    def _download(self, path: str, to: Path, query: dict[str, str], sha256: str | None = None) -> Path:
        """Saves what an address gives; a file that did not come whole is not left behind."""
        part = to.with_name(f"{to.name}.part")
        digest = hashlib.sha256()
        try:
            with self.transport.send("GET", path, query, again=True, timeout=600) as answer, part.open("wb") as file:
                while piece := answer.read(2**20):
                    digest.update(piece)
                    file.write(piece)
            if sha256 and digest.hexdigest() != sha256:
                raise PupilError("CUT_OFF", f"{to.name} did not arrive as it was sent. Download it again.")
            part.replace(to)
        finally:
            part.unlink(missing_ok=True)
        return to


def _say(progress: Progress | None, text: str | None) -> None:
    if progress and text:
        progress(text)


def _choice(layout: str | None = None, names: Mapping[str, str | None] | None = None) -> dict[str, str]:
    said = {"layout": layout, "names": json.dumps(names) if names else None}
    return {key: value for key, value in said.items() if value}


class _Packed:
    """A zip as it is, or a folder as a zip that is gone afterwards: its name, the open file, its bytes."""

    def __init__(self, source: str | Path) -> None:
        self.source = Path(source)
        self.made: str | None = None

    def __enter__(self) -> tuple[str, Any, int]:
        path = self.source
        if path.is_dir():
            handle, self.made = tempfile.mkstemp(suffix=".zip")
            try:
                with os.fdopen(handle, "wb") as file, zipfile.ZipFile(file, "w", strict_timestamps=False) as packed:
                    for one in sorted(path.rglob("*")):
                        within = one.relative_to(path)
                        if one.is_file() and not any(part.startswith(".") for part in within.parts):
                            packed.write(one, within.as_posix())
            except BaseException:
                os.unlink(self.made)
                raise
            path = Path(self.made)
        self.file = path.open("rb")
        name = self.source.resolve().name or "images"
        return name, self.file, path.stat().st_size

    def __exit__(self, *_: object) -> None:
        self.file.close()
        if self.made:
            os.unlink(self.made)


def _row(image: dict[str, Any], label: dict[str, Any] | None) -> dict[str, Any]:
    source = (label or {}).get("source") or {}
    name = label and label["class"]
    return {
        "image": image["image"],
        "file": image["file"],
        "class": name,
        "source": source.get("kind"),
        "run": source.get("run"),
        "round": source.get("round"),
        "confidence": (source.get("probabilities") or {}).get(name),
        "annotator": label and label["annotator"],
        "time": label and label["time"],
        "split": image["split"],
        "width": image["width"],
        "height": image["height"],
        "tags": "; ".join(image["tags"]),
    }


def _round_name(row: Mapping[str, Any]) -> str:
    if row["role"] == "teacher":
        return "Teacher" if row["member"] == 0 else f"Teacher {row['member'] + 1}"
    return "Distilled" if row["role"] == "distilled" else f"{row['role'].capitalize()} {row['index']}"


def _figures(metrics: Mapping[str, Any]) -> dict[str, Any]:
    low, high = metrics.get("valInterval") or (None, None)
    return {
        "labeled": metrics.get("labeled"),
        "pseudo": metrics.get("pseudo"),
        "accuracy": metrics.get("valAccuracy"),
        "low": low,
        "high": high,
        "images": metrics.get("valCount"),
        "test_accuracy": metrics.get("testAccuracy"),
        "test_images": metrics.get("testCount"),
        "seconds": metrics.get("seconds"),
    }


def _tell(run: Run, cursor: Mapping[str, Any] | None) -> str:
    """Where a run stands, in a sentence."""
    under_way = [row for row in run["rounds"] if row["stage"] not in ("waiting", "done")]
    if run["status"] != "training" or not under_way:
        return f"Run {run['number']}: {run['status']}"
    row = under_way[-1]
    step = f", step {cursor['step']}" if cursor and cursor["roundId"] == row["id"] else ""
    return f"Run {run['number']}: {_round_name(row)}, {row['stage']}{step}"


def _fetched(picture: Picture) -> str | bytes:
    """The bytes of a picture, or its address, which the server fetches."""
    if isinstance(picture, str) and picture.startswith(("http://", "https://")):
        return picture
    return picture if isinstance(picture, bytes) else Path(picture).read_bytes()


def _image(picture: str | bytes) -> dict[str, str]:
    return {"url": picture} if isinstance(picture, str) else {"base64": base64.b64encode(picture).decode()}
