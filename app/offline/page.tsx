import { LANGUAGES } from '#core/text/languages.ts';
import { catalogueOf } from '../_text/catalogue.ts';
import { titled } from '../_text/server.ts';
import { OfflinePage } from './offline-page.tsx';

export const generateMetadata = titled('common.noConnection');

export default function Page() {
  const texts = LANGUAGES.map((language) => {
    const all = Object.entries(catalogueOf(language, 'everywhere'));
    return [language, Object.fromEntries(all.filter(([key]) => key.startsWith('common.')))] as const;
  });
  return <OfflinePage texts={Object.fromEntries(texts)} />;
}
