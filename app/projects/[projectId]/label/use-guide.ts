import { readIn } from '#core/text/translations.ts';
import { useText } from '../../../_text/text.tsx';
import { useProject } from '../../../_shell/project.tsx';

/** What leads have written for those who answer, in the language of the page where it is written in that. */
export function useGuide() {
  const { language } = useText();
  const { project, classes } = useProject();
  const guidelines = readIn(language, project.guidelines, project.guidelinesIn).trim();
  const described = classes.map((one) => ({ one, words: readIn(language, one.description, one.descriptionIn) }));
  return { guidelines, described, isWritten: guidelines !== '' || described.some(({ words }) => words !== '') };
}
