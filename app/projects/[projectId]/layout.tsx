import type { ReactNode } from 'react';
import { RequireMe } from '../../shell/me.tsx';
import { ProjectShell } from '../../shell/project-shell.tsx';
import { ProjectProvider } from '../../shell/project.tsx';

export default async function ProjectLayout({ params, children }: { params: Promise<{ projectId: string }>; children: ReactNode }) {
  const { projectId } = await params;
  return (
    <RequireMe>
      <ProjectProvider key={projectId} projectId={projectId}>
        <ProjectShell>{children}</ProjectShell>
      </ProjectProvider>
    </RequireMe>
  );
}
