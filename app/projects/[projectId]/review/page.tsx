import { titled } from '../../../_text/server.ts';
import { ReviewPage } from './review-page.tsx';

export const generateMetadata = titled('title.review');

export default function Page() {
  return <ReviewPage />;
}
