import type { Outputs } from '../../../_lib/api.ts';

/** All that the page of one image shows. */
export type ImageStory = Outputs['gallery']['image'];
