export const imageUrl = (projectId: string, imageId: string): string =>
  `/media/projects/${projectId}/images/${imageId}`;
export const thumbnailUrl = (projectId: string, imageId: string): string =>
  `/media/projects/${projectId}/thumbnails/${imageId}`;
