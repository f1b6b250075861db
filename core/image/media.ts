/** Blob keys derive from what they hold, so that one content is stored once and a key never comes from outside. */
/** Everything that belongs to a project, and to a run of one, lies below these. */
export const projectPrefix = (projectId: string): string => `projects/${projectId}`;
export const runPrefix = (runId: string): string => `runs/${runId}`;

export const imageKey = (projectId: string, contentHash: string): string =>
  `projects/${projectId}/images/${contentHash}.webp`;
export const thumbnailKey = (projectId: string, contentHash: string): string =>
  `projects/${projectId}/thumbnails/${contentHash}.webp`;
/** Pictures that were asked and are kept. */
export const askedPrefix = (projectId: string): string => `projects/${projectId}/asked`;
export const askedKey = (projectId: string, contentHash: string): string =>
  `${askedPrefix(projectId)}/${contentHash}.webp`;
/** An uploaded file as it came, by the hash of its bytes; it leaves in exports alone. */
export const originalKey = (projectId: string, sha256: string): string => `projects/${projectId}/originals/${sha256}`;
export const checkpointKey = (runId: string, roundId: string, step: number): string =>
  `runs/${runId}/${roundId}/${step}.weights`;
export const backboneKey = (sha256: string): string => `backbones/${sha256}.zip`;
export const exportKey = (projectId: string, exportId: string): string =>
  `projects/${projectId}/exports/${exportId}.zip`;
