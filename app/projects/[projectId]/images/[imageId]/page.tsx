import type { Metadata } from 'next';
import { ImagePage } from '../image-page.tsx';

export const metadata: Metadata = { title: 'Image' };

export default async function Page({ params }: { params: Promise<{ imageId: string }> }) {
  return <ImagePage imageId={(await params).imageId} />;
}
