import type { ReactNode } from 'react';
import { catalogueOf } from '../../_text/catalogue.ts';
import { readLanguage } from '../../_text/server.ts';
import { TextProvider } from '../../_text/text.tsx';
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
  const language = await readLanguage();
  return (
    <TextProvider language={language} catalogue={catalogueOf(language, 'project')}>
      <ProjectGate key={projectId} projectId={projectId}>
        <ProjectShell>{children}</ProjectShell>
      </ProjectGate>
    </TextProvider>
  );
}
