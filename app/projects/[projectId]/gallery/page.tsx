import { titled } from '../../../_text/server.ts';
import { GalleryPage } from './gallery-page.tsx';

export const generateMetadata = titled('title.gallery');

export default function Page() {
  return <GalleryPage />;
}
