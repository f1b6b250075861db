'use client';
import { useText } from './_text/text.tsx';
import { ErrorState } from './_ui/states.tsx';

/** A page that broke while it was drawn: a bug. The rest of the product goes on. */
export default function PageError({ error, reset }: { error: Error & { digest?: string }; reset: () => void }) {
  const { t } = useText();
  return (
    <main id="content" className="flex min-h-dvh items-center justify-center">
      <ErrorState
        error={new Error(t('error.page', { digest: error.digest === undefined ? '' : ` (${error.digest})` }))}
        onRetry={reset}
      />
    </main>
  );
}
