import { useMemo, useState } from 'react';
import { AS_RECOGNISED } from '#core/proposal/propose.ts';
import type { ProposalChoice } from '#core/proposal/propose.ts';
import { useProject } from '../../../_shell/project.tsx';
import { findKeptProposal, keepProposal } from './kept-proposal.ts';
import type { KeptProposal } from './kept-proposal.ts';
import { proposeUpload, readUpload } from './read-upload.ts';
import type { PickedUpload } from './read-upload.ts';
import type { PickedFile } from './upload.ts';

/**
 * What was picked, as it is understood and as a person chose. After a reload what was understood is still there, and
 * the same files picked again are read as chosen before.
 */
export function useProposal() {
  const { project } = useProject();
  const [upload, setUpload] = useState<PickedUpload | null>(null);
  const [name, setName] = useState('');
  const [choice, setChoice] = useState<ProposalChoice>(AS_RECOGNISED);
  const [kept, setKept] = useState<KeptProposal | null>(() => findKeptProposal(project.id));
  const [reading, setReading] = useState(false);
  const understood = useMemo(
    () => (upload === null ? null : proposeUpload(upload, project, choice)),
    [upload, project, choice],
  );
  const keep = (next: KeptProposal | null) => {
    setKept(next);
    keepProposal(project.id, next);
  };
  return {
    upload,
    name: upload === null ? (kept?.name ?? '') : name,
    choice: upload === null ? (kept?.choice ?? AS_RECOGNISED) : choice,
    /** Null: nothing is picked. */
    proposal: understood?.proposal ?? (upload === null ? (kept?.proposal ?? null) : null),
    find: understood?.find ?? null,
    reading,
    /** Reads what was picked. False where it holds no image that a browser can list: it is sent as it is. */
    open: async (picked: readonly PickedFile[], called: string): Promise<boolean> => {
      setReading(true);
      try {
        const read = await readUpload(picked);
        if (read.paths.length === 0) return false;
        const again = kept !== null && kept.print === read.print ? kept.choice : AS_RECOGNISED;
        setUpload(read);
        setName(called);
        setChoice(again);
        keep({
          name: called,
          print: read.print,
          choice: again,
          proposal: proposeUpload(read, project, again).proposal,
        });
        return true;
      } finally {
        setReading(false);
      }
    },
    choose: (next: ProposalChoice) => {
      if (upload === null) return;
      setChoice(next);
      keep({ name, print: upload.print, choice: next, proposal: proposeUpload(upload, project, next).proposal });
    },
    drop: () => {
      setUpload(null);
      setChoice(AS_RECOGNISED);
      keep(null);
    },
  };
}
