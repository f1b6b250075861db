import Link from 'next/link';
import { readText } from './_text/server.ts';
import { Button } from './_ui/form/button.tsx';
import { EmptyState } from './_ui/states.tsx';

export default async function NotFound() {
  const { t } = await readText();
  return (
    <main id="content" className="flex min-h-dvh items-center justify-center">
      <EmptyState
        isPage
        title={t('common.nothingHere')}
        action={
          <Button asChild variant="primary">
            <Link href="/">{t('common.allProjects')}</Link>
          </Button>
        }
      >
        {t('common.notOurs')}
      </EmptyState>
    </main>
  );
}
