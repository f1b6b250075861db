import { titled } from '../../../../_text/server.ts';
import { MapPage } from './map-page.tsx';

export const generateMetadata = titled('title.map');

export default function Page() {
  return <MapPage />;
}
