import { titled } from '../../../../_text/server.ts';
import { ImagePage } from '../image-page.tsx';

export const generateMetadata = titled('title.image');

export default async function Page({ params }: { params: Promise<{ imageId: string }> }) {
  return <ImagePage imageId={(await params).imageId} />;
}
