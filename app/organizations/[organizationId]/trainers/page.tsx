import { titled } from '../../../_text/server.ts';
import { TrainersPage } from './trainers-page.tsx';

export const generateMetadata = titled('title.trainers');

export default function Page() {
  return <TrainersPage />;
}
