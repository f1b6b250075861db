import type { ReactNode } from 'react';
import { ProjectShell } from './project-shell.tsx';
import { ProjectGate } from '../../_shell/project.tsx';

export default async function ProjectLayout({
  params,
  children,
}: {
  params: Promise<{ projectId: string }>;
  children: ReactNode;
}) {
  const { projectId } = await params;
  return (
    <ProjectGate key={projectId} projectId={projectId}>
      <ProjectShell>{children}</ProjectShell>
    </ProjectGate>
  );
}
