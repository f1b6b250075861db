/** Runs whose curves one picture holds. */
export const OVERLAY_MOST = 20;
/** Runs that one download for MLflow names; all of a project are asked for without names. */
export const MLFLOW_MOST = 200;
