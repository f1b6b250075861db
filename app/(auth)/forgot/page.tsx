import type { Metadata } from 'next';
import { ForgotPage } from './forgot.tsx';

export const metadata: Metadata = { title: 'Forgot password' };

export default function Page() {
  return <ForgotPage />;
}
