# Written by `npm run api` from the description of the API: change that, not this.
"""What travels between the client and a Pupil server: plain dictionaries with these keys, and maybe more."""

from __future__ import annotations

from typing import Any, Literal, TypedDict


class AugmentationPolicy(TypedDict):
    flipHorizontal: bool
    flipVertical: bool
    colour: bool
    rotation: float
    operations: int
    magnitude: float
    probability: float
    cutout: int


class _ChainLink(TypedDict):
    role: Literal["teacher", "student", "distilled"]
    kind: Literal["live", "frozen", "fine-tuned", "scratch", "noisy-head"]
    model: Literal["xs", "s", "m", "l", "resnet8", "resnet14", "resnet20", "resnet38", "wrn16-2"] | None
    backboneId: str | None
    side: int


class ChainLink(_ChainLink, total=False):
    members: int
    tunedShare: float


class ClassAnswer(TypedDict):
    classId: str
    name: str
    probability: float


class CreatedProject(TypedDict):
    projectId: str


class CreatedSnapshot(TypedDict):
    id: str
    count: int


class CurvePoint(TypedDict):
    roundId: str
    step: int
    lossLabeled: float
    lossPseudo: float | None
    imagesPerSecond: float
    valAccuracy: float | None


class Import(TypedDict):
    id: str
    name: str
    status: Literal["running", "ended", "failed"]
    total: int | None
    imported: int
    duplicates: int
    failed: int
    labeled: int
    newBySplit: dict[str, int]
    labeledByClass: dict[str, int]
    errors: list[ImportProblem]


class ImportProblem(TypedDict):
    file: str
    message: str


class ListedProject(TypedDict):
    id: str
    name: str
    description: str
    status: str
    images: int
    labeled: int


class Me(TypedDict):
    userId: str
    name: str
    email: str
    memberships: list[Membership]


class Membership(TypedDict):
    memberId: str
    organizationId: str
    organizationName: str
    role: Literal["owner", "lead", "annotator", "viewer"]


class ModelExport(TypedDict):
    id: str
    format: str
    status: str
    message: str | None
    bytes: int | None
    sha256: str | None
    roundId: str | None
    title: str


PictureAnswer = TypedDict(
    "PictureAnswer",
    {
        "class": "str",
        "probability": "float",
        "classes": "list[ClassAnswer]",
        "embedding": "list[float]",
        "error": "PictureError",
    },
    total=False,
)


class PictureError(TypedDict):
    code: str
    message: str


class PredictingModel(TypedDict):
    roundId: str
    run: int
    round: str
    title: str
    sha256: str
    promoted: bool


class Prediction(TypedDict):
    model: PredictingModel
    results: list[PictureAnswer]


class Project(TypedDict):
    id: str
    organizationId: str
    name: str
    description: str
    status: str
    settings: ProjectSettings
    classes: list[ProjectClass]


class ProjectClass(TypedDict):
    id: str
    name: str
    colour: str
    hotkey: str | None
    position: int


class ProjectSettings(TypedDict, total=False):
    overlap: int
    overlapOnDisagreement: int
    keepOriginals: bool
    validationShare: float
    testShare: float
    batchSize: int
    hotkeyLayout: Literal["numbers", "letters", "one-handed"]
    guess: Literal["before", "after", "never"]
    hiddenGuessShare: float
    goldShare: float
    goldPauseBelow: float
    order: Literal["random", "typical", "model"]
    augmentation: AugmentationPolicy
    licence: str
    intendedUse: str
    backboneId: str | None


class Readiness(TypedDict):
    ready: bool
    missing: list[str]
    unlabeled: int
    heldOut: int
    classes: list[ReadyClass]


class ReadyClass(TypedDict):
    id: str
    name: str
    pool: int
    validation: int
    test: int


class Recommendation(TypedDict):
    why: list[str]
    seconds: float
    trying: bool


class RequestedExport(TypedDict):
    exportId: str


class Round(TypedDict):
    id: str
    index: int
    role: Literal["teacher", "student", "control", "distilled"]
    member: int
    model: str
    stage: Literal[
        "waiting",
        "embedding",
        "predicting",
        "selecting",
        "training",
        "evaluating",
        "doubting",
        "control",
        "judging",
        "testing",
        "done",
    ]
    labeledCount: int
    metrics: RoundMetrics | None
    verdict: Literal["accept", "hold", "roll-back"] | None
    verdictReason: str | None
    startedAt: str | None
    endedAt: str | None


class RoundMetrics(TypedDict):
    labeled: int
    pseudo: int
    valAccuracy: float
    valInterval: list[Any]
    valCount: int
    temperature: float
    testAccuracy: float | None
    testCount: int | None
    parameters: int
    seconds: float
    steps: int


class Run(TypedDict):
    id: str
    number: int
    name: str
    notes: str
    tags: list[str]
    status: Literal["queued", "training", "waiting-review", "paused", "cancelled", "failed", "finished"]
    message: str | None
    classIds: list[str]
    rounds: list[Round]
    createdAt: str
    startedAt: str | None
    endedAt: str | None


class _RunConfig(TypedDict):
    method: Literal["noisy-student", "frozen", "fine-tune", "distill"]
    engine: Literal["cuda", "webgpu", "native", "wasm", "cpu", "auto"]
    seed: int
    inputSize: int
    teacher: Literal["xs", "s", "m", "l", "resnet8", "resnet14", "resnet20", "resnet38", "wrn16-2"]
    students: list[Literal["xs", "s", "m", "l", "resnet8", "resnet14", "resnet20", "resnet38", "wrn16-2"]]
    exportModel: Literal["xs", "s", "m", "l", "resnet8", "resnet14", "resnet20", "resnet38", "wrn16-2"] | None
    backboneId: str | None
    pseudoLabels: Literal["soft", "hard"]
    control: bool
    keepShare: list[float]
    floor: float
    classFloors: dict[str, float]
    duplicatesMax: int
    alignDistribution: bool
    teachers: int
    batchLabeled: int
    batchPseudo: int
    pseudoWeight: float
    augmentation: AugmentationPolicy
    dropout: float
    stochasticDepth: float
    learningRate: float
    headLearningRate: float
    momentum: float
    weightDecay: float
    warmup: float
    emaDecay: float
    steps: int
    teacherSteps: int
    temperature: float
    alpha: float
    reviewGate: Literal["continue", "answers", "person"]
    reviewAnswers: int
    reviewPerRound: int
    stopAfterRejected: int


class RunConfig(_RunConfig, total=False):
    chain: list[ChainLink] | None


class RunPlan(TypedDict):
    config: RunConfig
    recommendation: Recommendation


class RunState(TypedDict):
    status: Literal["queued", "training", "waiting-review", "paused", "cancelled", "failed", "finished"]


class Serving(TypedDict):
    now: ServingRound | None
    mayRollBack: bool


class ServingRound(TypedDict):
    roundId: str
    title: str
    promoted: bool
    accuracy: float | None
    interval: list[Any] | None


class Snapshot(TypedDict):
    id: str
    name: str
    note: str
    count: int
    createdAt: str


class StartedImport(TypedDict):
    id: str


class StartedRun(TypedDict):
    runId: str
    number: int
    sweepId: str | None
    runs: int
