import { RoomText } from '../../_text/room-text.tsx';
import { titled } from '../../_text/server.ts';
import { OverviewPage } from '#app/projects/[projectId]/overview-page.tsx';

export const generateMetadata = titled('title.overview');

export default function Page() {
  return (
    <RoomText of={['chart', 'runs', 'refusals']}>
      <OverviewPage />
    </RoomText>
  );
}
