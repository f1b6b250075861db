'use client';
import { useAnnouncePresence } from '../../../_lib/socket.ts';
import { useProject } from '../../../_shell/project.tsx';
import { Page } from '../../../_ui/panel.tsx';
import { ImageDetail } from './image-detail.tsx';

/** One image at its own address, to be sent to a colleague. */
export function ImagePage({ imageId }: { imageId: string }) {
  const { project } = useProject();
  useAnnouncePresence(project.id, 'other', imageId);
  return (
    <Page title="Image" width="wide">
      <ImageDetail imageId={imageId} />
    </Page>
  );
}
