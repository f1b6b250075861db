import { openDiskStore } from './disk.ts';
import { openS3Store } from './s3.ts';
import type { S3Options } from './s3.ts';
import type { BlobStore } from './types.ts';

/** The bucket when one is configured, otherwise the folder. */
export const openBlobStore = async (options: { folder: string; s3: S3Options | null }): Promise<BlobStore> =>
  options.s3 ? openS3Store(options.s3) : openDiskStore(options.folder);
