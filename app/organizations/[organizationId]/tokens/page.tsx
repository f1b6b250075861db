import { titled } from '../../../_text/server.ts';
import { TokensPage } from './tokens-page.tsx';

export const generateMetadata = titled('title.tokens');

export default function Page() {
  return <TokensPage />;
}
