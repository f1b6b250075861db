'use client';
import { QueryClientProvider } from '@tanstack/react-query';
import { createContext, use, useEffect, useState } from 'react';
import type { ReactNode } from 'react';
import { makeApiClient, TRPCProvider } from '../_lib/api.ts';
import { makeQueryClient } from '../_lib/query.ts';
import { applyTheme } from '../_lib/theme.ts';
import type { Theme } from '../_lib/theme.ts';
import { keptLink } from '../_offline/kept-link.ts';
import { startWorker } from '../_offline/worker.ts';
import { Toaster } from './toaster.tsx';
import { TooltipProvider } from '../_ui/tooltip.tsx';

interface ThemeChoice {
  theme: Theme;
  setTheme: (theme: Theme) => void;
}
const ThemeContext = createContext<ThemeChoice>({ theme: 'system', setTheme: () => undefined });

/** The chosen theme, and the way to choose another. */
export const useTheme = (): ThemeChoice => use(ThemeContext);

export function Providers({ theme: first, children }: { theme: Theme; children: ReactNode }) {
  const [queryClient] = useState(makeQueryClient);
  const [apiClient] = useState(() => makeApiClient(keptLink));
  const [theme, setTheme] = useState(first);
  useEffect(startWorker, []);
  const choice: ThemeChoice = {
    theme,
    setTheme: (next) => {
      applyTheme(next);
      setTheme(next);
    },
  };
  return (
    <ThemeContext value={choice}>
      <QueryClientProvider client={queryClient}>
        <TRPCProvider trpcClient={apiClient} queryClient={queryClient}>
          <TooltipProvider>
            {children}
            <Toaster />
          </TooltipProvider>
        </TRPCProvider>
      </QueryClientProvider>
    </ThemeContext>
  );
}
