import Link from 'next/link';
import { Button } from './_ui/form/button.tsx';
import { EmptyState } from './_ui/states.tsx';

export default function NotFound() {
  return (
    <main id="content" className="flex min-h-dvh items-center justify-center">
      <EmptyState
        isPage
        title="Nothing is here"
        action={
          <Button asChild variant="primary">
            <Link href="/">All projects</Link>
          </Button>
        }
      >
        The address is not one of ours, or what it named is gone.
      </EmptyState>
    </main>
  );
}
