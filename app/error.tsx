'use client';
import { ErrorState } from './_ui/states.tsx';

/** A page that broke while it was drawn: a bug. The rest of the product goes on. */
export default function PageError({ error, reset }: { error: Error & { digest?: string }; reset: () => void }) {
  return (
    <main id="content" className="flex min-h-dvh items-center justify-center">
      <ErrorState
        error={
          new Error(
            `This page could not be drawn${
              error.digest === undefined ? '' : ` ` + `(${error.digest})`
            }. Load it again; if it happens again, tell the person who runs this server.`,
          )
        }
        onRetry={reset}
      />
    </main>
  );
}
