import { titled } from '../../_text/server.ts';
import { ForgotPage } from './forgot.tsx';

export const generateMetadata = titled('title.forgot');

export default function Page() {
  return <ForgotPage />;
}
