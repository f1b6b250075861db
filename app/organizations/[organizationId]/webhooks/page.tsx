import { titled } from '../../../_text/server.ts';
import { WebhooksPage } from './webhooks-page.tsx';

export const generateMetadata = titled('title.webhooks');

export default function Page() {
  return <WebhooksPage />;
}
