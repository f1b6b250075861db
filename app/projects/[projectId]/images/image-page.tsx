'use client';
import { useText } from '../../../_text/text.tsx';
import { useAnnouncePresence } from '../../../_lib/socket.ts';
import { useProject } from '../../../_shell/project.tsx';
import { Page } from '../../../_ui/panel.tsx';
import { ImageDetail } from './image-detail.tsx';

/** One image at its own address, to be sent to a colleague. */
export function ImagePage({ imageId }: { imageId: string }) {
  const { t } = useText();
  const { project } = useProject();
  useAnnouncePresence(project.id, 'other', imageId);
  return (
    <Page title={t('title.image')} width="wide">
      <ImageDetail imageId={imageId} />
    </Page>
  );
}
