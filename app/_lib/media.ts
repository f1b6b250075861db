/** Where the bytes of an image are; the session decides who may see them. */
export const thumbnailSrc = (projectId: string, imageId: string): string =>
  `/media/projects/${projectId}/thumbnails/${imageId}`;
export const imageSrc = (projectId: string, imageId: string): string =>
  `/media/projects/${projectId}/images/${imageId}`;
