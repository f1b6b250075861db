import { OverviewPage } from './overview.tsx';

export default function Page() {
  return <OverviewPage />;
}
