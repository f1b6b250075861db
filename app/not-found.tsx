import Link from 'next/link';
import { Button } from './ui/button.tsx';
import { EmptyState } from './ui/states.tsx';

export default function NotFound() {
  return (
    <main id="content" className="flex min-h-dvh items-center justify-center">
      <EmptyState isPage title="Nothing is here" action={<Button asChild variant="primary"><Link href="/">All projects</Link></Button>}>
        The address is not one of ours, or what it named is gone.
      </EmptyState>
    </main>
  );
}
