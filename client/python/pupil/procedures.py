# Written by `npm run api` from the description of the API: change that, not this.
"""A method for each procedure of the API whose answer is promised."""

from __future__ import annotations

from typing import Any, Literal

from .transport import OMIT, Transport
from .types import (
    CreatedProject,
    CreatedSnapshot,
    CurvePoint,
    Import,
    ListedProject,
    Me,
    ModelExport,
    Project,
    ProjectClass,
    Readiness,
    RequestedExport,
    Run,
    RunConfig,
    RunPlan,
    RunState,
    Serving,
    Snapshot,
    StartedImport,
    StartedRun,
)


class Procedures:
    def __init__(self, transport: Transport) -> None:
        self.transport = transport

    def export_create_snapshot(
        self,
        project_id: str,
        name: str,
        *,
        note: str = OMIT,
    ) -> CreatedSnapshot:
        """Freezes the labels and splits as they stand."""
        return self.transport.mutation(
            "export.createSnapshot",
            {
                "projectId": project_id,
                "name": name,
                "note": note,
            },
        )

    def export_list_models(self, project_id: str) -> list[ModelExport]:
        """Model exports with their state, size and SHA-256."""
        return self.transport.query("export.listModels", {"projectId": project_id})

    def export_list_snapshots(self, project_id: str) -> list[Snapshot]:
        """Snapshots, newest first."""
        return self.transport.query("export.listSnapshots", {"projectId": project_id})

    def export_request_model(
        self,
        project_id: str,
        round_id: str,
        format: Literal[
            "tfjs-layers",
            "tfjs-layers-float16",
            "tfjs-layers-uint8",
            "tfjs-graph",
            "onnx",
            "onnx-float16",
            "onnx-uint8",
            "saved-model",
            "page",
        ],
    ) -> RequestedExport:
        """Has a trainer make a model file of a round."""
        return self.transport.mutation(
            "export.requestModel",
            {
                "projectId": project_id,
                "roundId": round_id,
                "format": format,
            },
        )

    def image_end_import(self, project_id: str, import_id: str) -> Import:
        """Closes an import; nothing more is taken into it."""
        return self.transport.mutation(
            "image.endImport",
            {
                "projectId": project_id,
                "importId": import_id,
            },
        )

    def image_fail_import(
        self,
        project_id: str,
        import_id: str,
        message: str,
        *,
        said: dict[str, Any] = OMIT,
    ) -> Import:
        """Gives an import up, with the reason."""
        return self.transport.mutation(
            "image.failImport",
            {
                "projectId": project_id,
                "importId": import_id,
                "message": message,
                "said": said,
            },
        )

    def image_get_import(self, project_id: str, import_id: str) -> Import:
        """An import with its counts and problems."""
        return self.transport.query(
            "image.getImport",
            {
                "projectId": project_id,
                "importId": import_id,
            },
        )

    def image_start_import(
        self,
        project_id: str,
        name: str,
        total: int | None,
        *,
        classes: list[str] = OMIT,
    ) -> StartedImport:
        """Opens an import; its files follow, one `PUT` each."""
        return self.transport.mutation(
            "image.startImport",
            {
                "projectId": project_id,
                "name": name,
                "total": total,
                "classes": classes,
            },
        )

    def people_me(self) -> Me | None:
        """Who one is, and where one is a member."""
        return self.transport.query("people.me", {})

    def project_add_classes(self, project_id: str, names: list[str]) -> list[ProjectClass]:
        """Adds classes; those that are there stay."""
        return self.transport.mutation(
            "project.addClasses",
            {
                "projectId": project_id,
                "names": names,
            },
        )

    def project_create(
        self,
        organization_id: str,
        name: str,
        *,
        description: str = OMIT,
        classes: list[str] = OMIT,
        grayscale: bool = OMIT,
    ) -> CreatedProject:
        """Makes a project."""
        return self.transport.mutation(
            "project.create",
            {
                "organizationId": organization_id,
                "name": name,
                "description": description,
                "classes": classes,
                "grayscale": grayscale,
            },
        )

    def project_get(self, project_id: str) -> Project:
        """A project with its classes and what one may do in it."""
        return self.transport.query("project.get", {"projectId": project_id})

    def project_list(self, organization_id: str) -> list[ListedProject]:
        """The projects that one sees, with counts."""
        return self.transport.query("project.list", {"organizationId": organization_id})

    def project_update(
        self,
        project_id: str,
        *,
        name: str = OMIT,
        description: str = OMIT,
        guidelines: str = OMIT,
        guidelines_in: dict[str, str] = OMIT,
        status: Literal["active", "paused", "archived"] = OMIT,
        settings: dict[str, Any] = OMIT,
    ) -> None:
        """Changes name, words, state or settings."""
        self.transport.mutation(
            "project.update",
            {
                "projectId": project_id,
                "name": name,
                "description": description,
                "guidelines": guidelines,
                "guidelinesIn": guidelines_in,
                "status": status,
                "settings": settings,
            },
        )

    def run_control(
        self,
        project_id: str,
        run_id: str,
        command: Literal["cancel", "pause", "resume", "go-on"],
    ) -> RunState:
        """Pauses, resumes, cancels a run, or lets it go on at its gate."""
        return self.transport.mutation(
            "run.control",
            {
                "projectId": project_id,
                "runId": run_id,
                "command": command,
            },
        )

    def run_curve(
        self,
        project_id: str,
        run_id: str,
        *,
        cursor: dict[str, Any] | None = OMIT,
        limit: int = OMIT,
    ) -> list[CurvePoint]:
        """Points of a run’s training curves, after a round and step."""
        return self.transport.query(
            "run.curve",
            {
                "projectId": project_id,
                "runId": run_id,
                "cursor": cursor,
                "limit": limit,
            },
        )

    def run_describe(
        self,
        project_id: str,
        run_id: str,
        *,
        name: str = OMIT,
        notes: dict[str, Any] = OMIT,
        add_tags: list[str] = OMIT,
        remove_tags: list[str] = OMIT,
    ) -> None:
        """Changes a run’s name, notes and tags."""
        self.transport.mutation(
            "run.describe",
            {
                "projectId": project_id,
                "runId": run_id,
                "name": name,
                "notes": notes,
                "addTags": add_tags,
                "removeTags": remove_tags,
            },
        )

    def run_get(self, project_id: str, run_id: str) -> Run:
        """A run with its rounds, settings and figures."""
        return self.transport.query("run.get", {"projectId": project_id, "runId": run_id})

    def run_list(self, project_id: str, *, archived: bool = OMIT) -> list[Run]:
        """Runs with their rounds, newest first."""
        return self.transport.query("run.list", {"projectId": project_id, "archived": archived})

    def run_plan(self, project_id: str) -> RunPlan:
        """All settings of the run that is recommended, and why."""
        return self.transport.query("run.plan", {"projectId": project_id})

    def run_readiness(self, project_id: str) -> Readiness:
        """Whether a run can start, and what is missing."""
        return self.transport.query("run.readiness", {"projectId": project_id})

    def run_start(
        self,
        project_id: str,
        config: RunConfig,
        *,
        name: str = OMIT,
        vary: list[dict[str, Any]] = OMIT,
    ) -> StartedRun:
        """Queues a run with these settings, or one for each combination of the values of settings to vary."""
        return self.transport.mutation(
            "run.start",
            {
                "projectId": project_id,
                "config": config,
                "name": name,
                "vary": vary,
            },
        )

    def serving_get(self, project_id: str) -> Serving:
        """Which round predicts, and who chose it."""
        return self.transport.query("serving.get", {"projectId": project_id})

    def serving_promote(self, project_id: str, round_id: str | None) -> None:
        """Lets a round predict; null: whichever stands best."""
        self.transport.mutation("serving.promote", {"projectId": project_id, "roundId": round_id})

    def serving_roll_back(self, project_id: str) -> None:
        """Lets predict what did before."""
        self.transport.mutation("serving.rollBack", {"projectId": project_id})
