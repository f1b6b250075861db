/** Blob keys derive from what they hold, so that one content is stored once and a key never comes from outside. */
export const imageKey = (projectId: string, contentHash: string): string => `projects/${projectId}/images/${contentHash}.webp`;
export const thumbnailKey = (projectId: string, contentHash: string): string => `projects/${projectId}/thumbnails/${contentHash}.webp`;
export const checkpointKey = (runId: string, roundId: string, step: number): string => `runs/${runId}/${roundId}/${step}.weights`;
export const backboneKey = (sha256: string): string => `backbones/${sha256}.zip`;
export const exportKey = (projectId: string, exportId: string): string => `projects/${projectId}/exports/${exportId}.zip`;
